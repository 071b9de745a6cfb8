import Glibc
import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

/// Tests that a stopped import continues where it ended.
@Suite(.ownThreads) struct ResumeTests {
    private func start(_ place: Workplace, _ arguments: String...) throws -> ChildProcess {
        try ChildProcess(
            Programs.path("postbacks"), arguments, environment: Programs.environment(place.installation.environment),
            directory: FileSystem.parent(of: place.path("x")), output: .null, errorOutput: .null)
    }

    private func writeMany(_ place: Workplace, _ count: Int) throws {
        var text = "offerId,affiliateId,transactionId\n"
        for number in 1...count { text += "o,a,t\(number)\n" }
        try place.write("c.csv", text)
    }

    /// Begins an import of many rows, which gets no further than to the rows around 4000 while the connection's transaction is
    /// open.
    private func startHeldUp(_ place: Workplace) throws -> (import: ChildProcess, holder: Connection) {
        let holder = try place.installation.database.connect()
        try holder.execute(
            script: """
                BEGIN;
                INSERT INTO conversions (id, offer_id, affiliate_id, transaction_id, status, occurred_at)
                VALUES (0, 'o', 'a', 't4000', 'pending', now())
                """)
        try writeMany(place, Self.count)
        let child = try start(place, "import", "conversions", "c.csv")
        // At most 2000 rows are in flight.
        try waitUntil("some results") { resultCount(place) > 1500 }
        return (child, holder)
    }

    private static let count = 5000

    private func resultCount(_ place: Workplace) -> Int {
        ((try? FileSystem.read(place.path("c.csv.results.jsonl"))) ?? []).count { $0 == UInt8(ascii: "\n") } - 1
    }

    @Test func `killed in the middle, it goes on: each row once, and each fires once`() throws {
        let place = try Workplace.make()
        try place.addPostback()
        let (child, holder) = try startHeldUp(place)
        child.terminate(SIGKILL)
        try child.wait()
        try holder.execute(script: "ROLLBACK")
        #expect(resultCount(place) < Self.count)
        // An incomplete line.
        let file = try Descriptor.open(place.path("c.csv.results.jsonl"), O_WRONLY | O_APPEND)
        try file.writeAll(Array(#"{"row":4999,"result":"rec"#.utf8))
        let outcome = try place.run("import", "conversions", "c.csv", "--resume")
        #expect(outcome.status == .exited(0), "\(outcome.log)")
        #expect(outcome.log.contains("were done before"))
        let lines = try place.read("c.csv.results.jsonl").split(separator: "\n").dropFirst()
        #expect(lines.count == Self.count)
        let words = try place.words("c.csv.results.jsonl")
        #expect(words.count == Self.count)
        #expect(Set(words).isSubset(of: ["recorded", "duplicate"]))
        // Only rows in flight may have been recorded without a stored result.
        #expect(words.count { $0 == "duplicate" } <= 2500)
        #expect(try place.installation.count("conversions") == Self.count)
        #expect(try place.installation.count("outbox") == Self.count)
    }

    @Test func `Ctrl-C ends it in good order: every row that was done has its result`() throws {
        let place = try Workplace.make()
        let (child, holder) = try startHeldUp(place)
        child.terminate(SIGINT)
        try holder.execute(script: "ROLLBACK")
        #expect(try child.wait() == .exited(130))
        let before = resultCount(place)
        #expect(try place.installation.count("conversions") == before)
        #expect(try place.run("import", "conversions", "c.csv", "--resume").status == .exited(0))
        #expect(try place.words("c.csv.results.jsonl") == Array(repeating: "recorded", count: Self.count))
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `an import whose results nobody reads ends by a signal, and goes on behind what was read`(
        signal: CInt
    ) throws {
        let place = try Workplace.make()
        try writeMany(place, 6_000)
        let (output, input) = try Descriptor.pipe()
        let child = try ChildProcess(
            Programs.path("postbacks"), ["import", "conversions", "c.csv", "--results", "-"],
            environment: Programs.environment(place.installation.environment),
            directory: FileSystem.parent(of: place.path("x")), output: .descriptor(input), errorOutput: .pipe)
        defer { child.terminate(SIGKILL) }
        try waitUntil("the pipe is full") { try wait(for: [.write(input)], atMost: .zero)[0] == false }
        child.terminate(signal)
        try waitUntil("it has ended") { try child.poll() != nil }
        #expect(try child.poll() == .exited(128 + signal))
        try output.setNonBlocking()
        var read: [UInt8] = []
        while case .bytes(let bytes) = try output.read(upTo: 1 << 16) { read += bytes }
        var log: [UInt8] = []
        while case .bytes(let bytes)? = try child.errorOutput?.read(upTo: 1 << 16) { log += bytes }
        #expect(String(decoding: log, as: UTF8.self).contains("--resume --results FILE"))
        let stored = try place.installation.count("conversions")
        #expect(stored < 6_000)
        try place.write("c.csv.results.jsonl", String(decoding: read, as: UTF8.self))
        #expect(try place.run("import", "conversions", "c.csv", "--resume").status == .exited(0))
        let words = try place.words("c.csv.results.jsonl")
        #expect(words.count == 6_000)
        #expect(words.contains("duplicate"))
        #expect(try place.installation.count("conversions") == 6_000)
    }

    @Test func `a database that is away stops the import with 75, and a resume does the rest`() throws {
        let place = try Workplace.make()
        try writeMany(place, 100)
        let away = ["DATABASE_URL": "host=127.0.0.1 port=1"]
        let outcome = try place.run("import", "conversions", "c.csv", "--patience", "1", environment: away)
        #expect(outcome.status == .exited(75), "\(outcome.log)")
        #expect(outcome.log.contains("--resume"))
        #expect(try place.words("c.csv.results.jsonl") == Array(repeating: "unavailable", count: 100))
        let again = try place.run("import", "conversions", "c.csv", "--resume")
        #expect(again.status == .exited(0), "\(again.log)")
        #expect(try place.words("c.csv.results.jsonl") == Array(repeating: "recorded", count: 100))
        let nothing = try place.run("import", "conversions", "c.csv", "--resume")
        #expect(nothing.log.contains("0 rows") && nothing.log.contains("100 were done before"))
    }

    @Test func `connections that are lost on the way are no reason to stop, and keep the order of statuses`()
        async throws
    {
        let place = try Workplace.make()
        try place.installation.record(["transactionId": "t"])
        var text = ""
        for number in 1...400 {
            text += #"{"offerId":"o","transactionId":"t","status":"\#(number % 2 == 1 ? "done" : "rejected")"}"# + "\n"
        }
        try place.write("s.jsonl", text)
        let child = try start(place, "import", "statuses", "s.jsonl")
        let connection = try place.installation.database.connect()
        // This is a limit, because on a busy machine little is done between two of them.
        for _ in 1...30 where try child.poll() == nil {
            _ = try connection.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'updateConversionStatus' AND datname = current_database()"
            )
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(try child.wait() == .exited(0))
        #expect(Set(try place.words("s.jsonl.results.jsonl")).isSubset(of: ["updated", "unchanged"]))
        let conversion = try place.installation.ask("listConversions", [:])["conversions"]?.items.first
        #expect(conversion?["status"] == "rejected")
        #expect(conversion?["sequence"] == 401)
    }

    @Test func `results of another import, of another file and of nobody are not resumed`() throws {
        let place = try Workplace.make()
        try writeMany(place, 3)
        #expect(try place.run("import", "conversions", "c.csv").status == .exited(0))
        let again = try place.run("import", "conversions", "c.csv")
        #expect(again.status == .exited(67) && again.log.contains("--resume"), "\(again.log)")
        let other = try place.run("import", "statuses", "c.csv", "--resume")
        #expect(other.status == .exited(67) && other.log.contains("an import of conversions"), "\(other.log)")
        try writeMany(place, 4)
        let changed = try place.run("import", "conversions", "c.csv", "--resume")
        #expect(changed.status == .exited(67) && changed.log.contains("has changed"), "\(changed.log)")
        let none = try place.run("import", "conversions", "c.csv", "--resume", "--results", "none.jsonl")
        #expect(none.status == .exited(66), "\(none.log)")
        try place.write("empty.jsonl", "")
        let empty = try place.run("import", "conversions", "c.csv", "--resume", "--results", "empty.jsonl")
        #expect(empty.status == .exited(65), "\(empty.log)")
    }

    @Test func `a stream is resumed by giving it again`() throws {
        let place = try Workplace.make()
        let lines = (1...5).map { #"{"offerId":"o","affiliateId":"a","transactionId":"t\#($0)"}"# + "\n" }
        #expect(try place.run("import", "conversions", "-", input: lines[..<3].joined()).status == .exited(0))
        let outcome = try place.run("import", "conversions", "-", "--resume", input: lines.joined())
        #expect(outcome.status == .exited(0), "\(outcome.log)")
        #expect(outcome.log.contains("2 recorded; 3 were done before"), "\(outcome.log)")
        let other = try place.run("import", "conversions", "-", "--resume", input: lines.reversed().joined())
        #expect(other.status == .exited(67), "\(other.log)")
    }
}
