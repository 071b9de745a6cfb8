import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

@testable import postbacks

/// Tests `postbacks stats` and `postbacks tail`.
@Suite(.ownThreads) struct StatisticsTests {
    /// An offer with a postback, of which two deliveries were attempted: one was delivered, one is to be repeated.
    private func installation() throws -> TestSupport.Installation {
        let installation = try TestSupport.Installation.sending(to: "http://127.0.0.1:1")
        try installation.record(["t", "u"])
        return installation
    }

    /// Stores attempts of the first and the second delivery.
    private func attempt(_ installation: TestSupport.Installation) throws {
        _ = try installation.database.connect().run(
            """
            INSERT INTO attempts (delivery_id, lease_no, attempt, at, outcome, request, response, error, timing)
            VALUES (1, 1, 1, now(), 'delivered', '{"method":"GET","url":"http://127.0.0.1:1/t"}', '{"status":200}', null,
                    '{"totalMs":12.4}'),
                (2, 1, 1, now(), 'retry', '{"method":"GET","url":"http://127.0.0.1:1/u"}', '{"status":503}',
                    '{"code":"http_status"}', '{"totalMs":7}')
            """)
        _ = try installation.database.connect().run(
            """
            INSERT INTO attempt_counts_pending (since, postback_id, destination_id, outcome, bucket, attempts, milliseconds)
            VALUES (date_trunc('minute', now()), 1, 1, 'delivered', 3, 1, 12.4),
                (date_trunc('minute', now()), 1, 1, 'retry', 2, 1, 7)
            """)
    }

    private func show(_ installation: TestSupport.Installation, _ arguments: [String]) throws -> String {
        let outcome = try PseudoTerminal.run(
            Programs.path("postbacks"), arguments,
            environment: installation.environment.merging(["NO_COLOR": "1"]) { $1 })
        #expect(outcome.status == .exited(0), "\(outcome.text)")
        return outcome.text
    }

    @Test func `stats shows on a terminal what is owed and the attempts of the last hour, in lines of 80 columns`()
        throws
    {
        let installation = try installation()
        try attempt(installation)
        let text = try show(installation, ["stats"])
        #expect(text.contains("2 owed, 0 retrying, 0 in flight, 0 held"), "\(text)")
        #expect(text.contains("pollers   none is running"), "\(text)")
        #expect(text.contains("attempts  2 "), "\(text)")
        #expect(text.contains("delivered") && text.contains("retry") && text.contains("█"), "\(text)")
        #expect(text.contains("duration  mean 10 ms"), "\(text)")
        for line in text.split(separator: "\n") { #expect(DisplayWidth.of(String(line)) <= 80, "\(line)") }
        let groups = try show(installation, ["stats", "--by", "destination"])
        #expect(groups.contains("http://127.0.0.1:1"), "\(groups)")
    }

    @Test func `in a pipe stats prints the answers of both functions`() throws {
        let installation = try installation()
        try attempt(installation)
        let outcome = try Programs.run(
            "postbacks", ["stats", "--by", "outcome"], environment: installation.environment)
        let answer = try JSON(parsing: outcome.output)
        #expect(answer.at("health.owed.owed") == 2)
        #expect(answer.at("statistics.series")?.items.count == 2)
        #expect(
            try Programs.run("postbacks", ["stats", "--by", "goal"], environment: installation.environment).status
                == .exited(64))
    }

    @Test func `tail shows each attempt once when it is stored, and ends at SIGINT`() throws {
        let installation = try installation()
        try attempt(installation)
        let tail = try ChildProcess(
            Programs.path("postbacks"), ["tail"], environment: Programs.environment(installation.environment),
            input: .null, output: .pipe)
        defer { tail.terminate(9) }
        let output = try #require(tail.output)
        // What was stored long before it began is not shown. It has begun when its session is there.
        try waitUntil("tail looks") {
            try installation.value(
                "SELECT count(*) AS value FROM pg_stat_activity WHERE application_name = 'postbacks tail'") == "1"
        }
        _ = try installation.database.connect().run(
            "UPDATE attempts SET stored_at = now() + interval '1 second', lease_no = 2")
        var lines: [JSON] = []
        var bytes: [UInt8] = []
        try waitUntil("both attempts") {
            if try wait(for: [.read(output)], atMost: .milliseconds(100))[0],
                case .bytes(let more) = try output.read(upTo: 65536)
            {
                bytes += more
            }
            lines = try bytes.split(separator: UInt8(ascii: "\n")).map { try JSON(parsing: Array($0)) }
            return lines.contains { $0["deliveryId"] == 1 } && lines.contains { $0["deliveryId"] == 2 }
        }
        let retried = try #require(lines.first { $0["deliveryId"] == 2 })
        #expect(retried["outcome"] == "retry" && retried["status"] == "503" && retried["errorCode"] == "http_status")
        #expect(retried["milliseconds"] == 7 && retried["postbackId"] == 1 && retried["url"] == "http://127.0.0.1:1/u")
        tail.terminate(2)
        #expect(try tail.wait() == .exited(0))
    }

    @Test func `a plot has a bar for each number, a space for zero, and adds up what does not fit`() {
        #expect(Plot.bars([0, 1, 8, 4], width: 10, TerminalStyle()) == " ▁█▄")
        #expect(Plot.bars([1, 1, 2, 2], width: 2, TerminalStyle()) == "▄█")
        #expect(Plot.bars([0, 0], width: 10, TerminalStyle()) == "  ")
        #expect(Plot.bars([1, 8], width: 10, TerminalStyle(isUnicode: false)) == "_#")
    }

    @Test func `text of other origin cannot move the cursor of a terminal`() throws {
        let installation = try installation()
        _ = try installation.database.connect().run("UPDATE destinations SET origin = \("http://x\u{1B}[2J\u{202E}:1")")
        try attempt(installation)
        let text = try show(installation, ["stats", "--by", "destination"])
        #expect(!text.contains("\u{1B}[2J") && !text.contains("\u{202E}"), "\(text)")
    }
}
