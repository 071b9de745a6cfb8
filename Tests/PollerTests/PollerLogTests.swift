import EmbeddedPostgres
import Glibc
import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests the log of a real poller.
@Suite(.ownThreads) struct PollerLogTests {
    /// The lines with this message; each line must be one JSON object.
    private func lines(_ poller: RunningPoller, _ message: String) throws -> [JSON] {
        let text = try poller.log
        // The last line may be incomplete.
        return try text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map { try JSON(parsing: Array($0.utf8)) }
            .filter { $0["message"]?.text?.hasPrefix(message) == true }
    }

    private func sum(_ lines: [JSON], _ name: String) -> Int {
        lines.reduce(0) { $0 + (Int($1[name]?.text ?? "") ?? 0) }
    }

    private func number(_ line: JSON, _ name: String) -> Int? { Int(line[name]?.text ?? "") }

    @Test
    func `a delivery that dies or fails, a pause and a resumption are lines with their ids, reason and destination`()
        throws
    {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [500]))
        let installation = try Installation.sending(to: receiver.url, on: ["pending", "done"])
        let poller = try RunningPoller(installation, ["POSTBACKS_RETRY_SCHEDULE": "0", "LOG_LEVEL": "info"])
        try installation.record(["t0"])
        try installation.wait(in: "dead")
        receiver.behave(ReceiverBehaviour(statuses: [403]))
        try installation.update("t0", "done")
        try installation.wait(in: "failed")
        receiver.behave(ReceiverBehaviour(statuses: [410]))
        try installation.record(["t1"])
        try waitUntil("the pause is told") { try !lines(poller, "a postback is paused").isEmpty }
        let destination = JSON.string(receiver.url)
        let dead = try lines(poller, "a delivery is dead")
        #expect(dead.count == 1 && dead[0]["level"] == "warning")
        for (name, value) in [
            ("delivery", "1"), ("postback", "1"), ("conversion", "1"), ("code", "http_status"), ("attempts", "2"),
        ] {
            #expect(dead[0][name]?.text == value, "\(name)")
        }
        let failed = try lines(poller, "a delivery failed")
        #expect(failed.map { $0["delivery"] } == ["2", "3"] && failed.map { $0["postback"] } == ["2", "1"])
        #expect((dead + failed).allSatisfy { $0["destination"] == destination })
        let pause = try lines(poller, "a postback is paused")[0]
        #expect(pause["postback"] == "1" && pause["affiliate"] == "a" && pause["offer"] == "o")
        #expect(pause["reason"] == "the receiver answered 410 Gone")
        receiver.behave(ReceiverBehaviour())
        try installation.ask("updatePostback", ["postbackId": 1, "resume": true])
        try waitUntil("the resumption is told") { try !lines(poller, "a postback is resumed").isEmpty }
        #expect(try lines(poller, "a postback is resumed").map { $0["postback"] } == ["1"])
    }

    @Test func `a pause because ten deliveries failed is logged with its reason`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [403]))
        let installation = try Installation.sending(to: receiver.url)
        let poller = try RunningPoller(installation, ["LOG_LEVEL": "info"])
        try installation.record((0..<10).map { "t\($0)" })
        try waitUntil("the pause is told") { try !lines(poller, "a postback is paused").isEmpty }
        #expect(try lines(poller, "a postback is paused")[0]["reason"]?.text?.contains("last 10 deliveries") == true)
    }

    @Test func `of many deliveries that fail at once some are logged, and the others are counted`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [403]))
        let installation = try Installation.sending(to: receiver.url, on: [String](repeating: "pending", count: 70))
        try installation.record(["t"])
        let poller = try RunningPoller(installation, ["LOG_LEVEL": "info"])
        try installation.wait(for: 70, in: "failed")
        try waitUntil("all are told or counted") {
            let told = try lines(poller, "a delivery failed").count
            return try told + sum(lines(poller, "log lines were left out"), "failed") == 70
        }
        #expect(try lines(poller, "log lines were left out").count >= 1)
    }

    @Test func `at debug each attempt is a line, and no line shows a secret, a query or a byte of a body`() throws {
        let receiver = try RunningReceiver(
            ReceiverBehaviour(
                statuses: [500, 200], headers: [("X-Echo", "canary header")], body: "canary\nbody \u{2028} \u{202E}\r\n"
            ))
        let installation = try Installation.sending(to: "", on: [])
        try installation.createPostback([
            "httpType": "POST(JSON)", "url": .string("\(receiver.url)/canary/{transaction_id}?token=canary"),
            "requestParams": ["token": "canary-param", "c": "canary {click_id}"],
            "requestHeaders": ["X-Api-Key": "canary-header"], "basicAuth": ["login": "canary", "password": "canary"],
            "signingSecret": "whsec_Y2FuYXJ5LXNpZ25pbmctMTIzNDU2Nzg5MA==",
        ])
        let poller = try RunningPoller(installation)
        try installation.record(["canary-t1"])
        try installation.wait(in: "delivered")
        try waitUntil("two attempts are told") { try lines(poller, "an attempt").count == 2 }
        let attempts = try lines(poller, "an attempt")
        #expect(attempts.map { $0["outcome"] } == ["retry", "delivered"])
        #expect(attempts.map { $0["status"] } == ["500", "200"])
        #expect(attempts.map { $0["attempt"] } == ["1", "2"])
        #expect(attempts.map { $0["code"] } == ["http_status", nil])
        #expect(attempts.allSatisfy { $0["destination"] == .string(receiver.url) && $0["level"] == "debug" })
        #expect(attempts.allSatisfy { $0["postback"] == "1" && $0["conversion"] == "1" && $0["delivery"] == "1" })
        #expect(attempts.allSatisfy { Int($0["milliseconds"]?.text ?? "") != nil })
        #expect(try lines(poller, "a call").filter { $0["from"] == "deliverPostback" }.count == 2)
        // The error of PostgreSQL contains the refused row.
        _ = try installation.database.connect().run(
            "ALTER TABLE attempts ADD CONSTRAINT never CHECK (outcome <> 'delivered') NOT VALID")
        try installation.record(["canary-t2"])
        try waitUntil("the refusal is told") { try poller.log.contains("never") }
        let log = try poller.log
        #expect(!log.contains("canary") && !log.contains("Y2FuYXJ5"), "\(log)")
    }

    @Test func `a summary comes each minute while there is work, and a last one when the poller stops`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [500, 200]))
        let installation = try Installation.sending(to: receiver.url)
        let poller = try RunningPoller(installation, ["LOG_LEVEL": "info"])
        try installation.record(["t1", "t2", "t3"])
        try installation.wait(for: 3, in: "delivered")
        try waitUntil("a summary", timeoutSeconds: 150) {
            try !lines(poller, "deliveries since the last summary").isEmpty
        }
        let first = try lines(poller, "deliveries since the last summary")[0]
        #expect(first["delivered"] == "3" && first["retried"] == "3" && first["dead"] == "0" && first["failed"] == "0")
        #expect(first["owed"] == "0" && first["oldestDueSeconds"] == "0")
        #expect(number(first, "attemptP99Milliseconds") != nil && number(first, "seconds") ?? 0 > 0)
        receiver.behave(ReceiverBehaviour())
        try installation.record(["t4", "t5"])
        try installation.wait(for: 5, in: "delivered")
        poller.send(SIGTERM)
        try poller.waitForEnd()
        let summaries = try lines(poller, "deliveries since the last summary")
        #expect(sum(summaries, "delivered") == 5 && sum(summaries, "retried") == 3)
    }

    @Test func `an outage of the database is logged when it begins, each minute, and with its length at its end`()
        throws
    {
        let folder = try TemporaryFolder()
        let server = EmbeddedServer(home: folder.path, settings: ["fsync": "off"], diesWithParent: false)
        defer { server.stopImmediately() }
        try server.start()
        let receiver = try RunningReceiver()
        let database = TestDatabase(connectionString: server.connectionString)
        let installation = try Installation.sending(to: receiver.url, database: database)
        let poller = try RunningPoller(installation, ["LOG_LEVEL": "info"])
        try installation.record(["t1"])
        try installation.wait(in: "delivered")
        server.stopImmediately()
        let connection = JSON.string("postbacks poller")
        try waitUntil("a minute of it is told", timeoutSeconds: 150) {
            try lines(poller, "still no connection to the database").contains { $0["connection"] == connection }
        }
        try server.start()
        try waitUntil("the end is told") {
            try lines(poller, "the database is available again").contains { $0["connection"] == connection }
        }
        let beginnings = try lines(poller, "no connection to the database")
        #expect(beginnings.count == 1 && beginnings[0]["connection"] == connection)
        #expect(beginnings[0]["reason"]?.text?.isEmpty == false)
        let still = try lines(poller, "still no connection").filter { $0["connection"] == connection }
        let back = try lines(poller, "the database is available again").filter { $0["connection"] == connection }
        #expect(still.count == 1 && back.count == 1)
        #expect(number(back[0], "seconds") ?? 0 >= number(still[0], "seconds") ?? .max)
        try installation.record(["t2"])
        try installation.wait(for: 2, in: "delivered")
    }
}
