import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

/// Tests which records are dropped from the history, which stay, and what the functions answer about them afterwards.
@Suite(.ownThreads) struct DroppedHistoryTests {
    private let receiver: RunningReceiver
    private let installation: Installation

    /// Four conversions that are delivered. The first three are 400 days old. A delivery of `owed` is owed again, and the
    /// status of `changed` has changed today.
    init() throws {
        receiver = try RunningReceiver()
        installation = try Installation.sending(to: receiver.url, on: ["pending", "done"])
        try installation.record(["old", "owed", "changed", "young"])
        try installation.withPoller { _ in _ = try installation.wait(for: 4, in: "delivered") }
        try installation.age(["old", "owed", "changed"], days: 400)
        try installation.update("changed", "done")
        try installation.withPoller { _ in _ = try installation.wait(for: 5, in: "delivered") }
        try installation.ask(
            "resendDeliveries", ["filter": ["offerId": "o", "transactionId": "owed"], "force": true])
    }

    private func prune(_ arguments: String...) throws -> ChildProcess.Outcome {
        try Programs.run("postbacks", ["prune"] + arguments, environment: installation.environment)
    }

    @Test func `a finished old conversion is dropped completely, and an owed, changed or young one stays completely`()
        throws
    {
        let statistics: JSON = ["since": "2025-01-01T00:00:00Z", "bucket": "day"]
        let old = try installation.ask("explainConversion", ["offerId": "o", "transactionId": "old"])
        let id = try #require(old.at("conversion.id"))
        let counted = try installation.ask("deliveryStatistics", statistics)
        let outcome = try prune("--days", "365")
        #expect(outcome.status == .exited(0), "\(outcome.errorText)")
        #expect(outcome.errorText.contains("1 conversions with 1 deliveries dropped"), "\(outcome.errorText)")
        #expect(try installation.transactions == ["changed", "owed", "young"])

        // Dropped records are unknown to every function.
        for (function, input) in [
            ("explainConversion", ["conversionId": id]), ("redactConversion", ["conversionId": id]),
            ("updateConversionStatus", ["conversionId": id, "status": "done"]),
            ("listDeliveries", ["conversionId": id]), ("previewPostback", ["postbackId": 1, "conversionId": id]),
        ] as [(String, JSON)] {
            #expect(try installation.refusal(of: function, input).code == "not_found", "\(function)")
        }
        #expect(try installation.ask("findRecords", ["text": "old"])["matches"]?.items.isEmpty == true)
        #expect(try installation.ask("resendDeliveries", ["filter": ["offerId": "o"], "force": true])["resent"] == 3)
        // The records that stay are complete, with the old event and its delivery.
        let changed = try installation.ask("explainConversion", ["offerId": "o", "transactionId": "changed"])
        #expect(changed["events"]?.items.count == 2)
        #expect(try installation.deliveries().map { $0["transactionId"]?.text ?? "" }.count == 4)
        #expect(try installation.ask("deliveryStatistics", statistics)["total"] == counted["total"])
        #expect(try installation.database.connect().run("SELECT FROM sequences_behind()").isEmpty)
        // R6: a repeat of a dropped conversion is recorded as a new one, under a new id.
        let again = try installation.record(["transactionId": "old"])
        #expect(again["duplicate"] == false && again.at("conversion.id")?.integer ?? 0 > 4)
        // An owed delivery is sent, and may be dropped afterwards.
        try installation.withPoller { _ in _ = try installation.wait(for: 5, in: "delivered") }
        #expect(try prune("--days", "365").errorText.contains("0 conversions"))
        try installation.age(["owed", "changed"], days: 400)
        #expect(try prune("--days", "365").errorText.contains("2 conversions with 3 deliveries dropped"))
        #expect(try installation.transactions == ["old", "young"])
    }

    @Test func `dropped records are exported before, and a dry run drops nothing`() throws {
        let folder = try TemporaryFolder()
        let file = "\(folder.path)/history.jsonl"
        #expect(try prune("--days", "365", "--dry-run").errorText.contains("1 conversions with 1 deliveries would be"))
        #expect(try installation.count("conversions") == 4)
        #expect(try prune("--days", "365", "--export", file).status == .exited(0))
        #expect(FileSystem.ownership(of: file)?.mode == 0o600)
        let lines = try FileSystem.read(file).split(separator: UInt8(ascii: "\n")).map { try JSON(parsing: Array($0)) }
        #expect(lines.count == 1)
        let record = try #require(lines.first)
        #expect(record.at("conversion.transactionId") == "old" && record.at("conversion.payout") == "1.50")
        #expect(record.at("events.0.event.sequence") == 1 && record.at("events.0.conversion.transactionId") == "old")
        #expect(record.at("deliveries.0.state") == "delivered" && record.at("deliveries.0.httpStatus") == 200)
        // An export does not overwrite an earlier one, and nothing is dropped without its export.
        try installation.age(["young"], days: 400)
        let refused = try prune("--days", "365", "--export", file)
        #expect(refused.status == .exited(73) && refused.errorText.contains("name a file that does not exist"))
        let full = try prune("--days", "365", "--export", "/dev/full")
        #expect(full.status == .exited(73), "\(full.errorText)")
        #expect(try installation.count("conversions") == 3)
        #expect(try prune().status == .exited(64))
        #expect(try prune("--days", "0").status == .exited(64))
    }

    @Test func `a poller drops it by itself, and keeps attempts no longer than their conversions`() throws {
        try installation.withPoller(["POSTBACKS_HISTORY_DAYS": "365", "POSTBACKS_ATTEMPT_DAYS": "9000"]) { poller in
            try waitUntil("the poller drops the old conversion") { try installation.transactions.count == 3 }
            try waitUntil("it says so") { try poller.log.contains("old history was dropped") }
        }
        let refused = try Programs.run(
            "postbacks", ["poll"],
            environment: installation.environment.merging(["POSTBACKS_HISTORY_DAYS": "0"]) { $1 })
        #expect(refused.status == .exited(78))
        #expect(refused.errorText.contains("POSTBACKS_HISTORY_DAYS must be a whole number of days from 1 to 36500"))
    }
}

/// Tests that dropping and calls of functions may work on the same conversion at the same time.
@Suite(.ownThreads) struct DroppedHistoryRaceTests {
    private let receiver: RunningReceiver
    private let installation: Installation

    /// A conversion that is delivered and 400 days old.
    init() throws {
        receiver = try RunningReceiver()
        installation = try Installation.sending(to: receiver.url, on: ["pending", "done"])
        try installation.record(["old"])
        try installation.withPoller { _ in _ = try installation.wait(for: 1, in: "delivered") }
        try installation.age(["old"], days: 400)
    }

    private static let drop = "SELECT dropped FROM drop_history(365, 0, 100, false)"

    private func dropped() throws -> Int? {
        try installation.database.connect().run(Query(stringLiteral: Self.drop))[0].integer("dropped")
    }

    @Test(arguments: [
        // An erasure or a change of status has locked the conversion.
        "SELECT FROM conversions WHERE id = 1 FOR UPDATE",
        // A backfill has locked it.
        "SELECT FROM conversions WHERE id = 1 FOR KEY SHARE",
        // A resend is moving the delivery back.
        "DELETE FROM deliveries WHERE id = 1",
        "SELECT pg_advisory_xact_lock(hashtext('postbacks.history'))",
    ])
    func `a conversion in use by another transaction is left out without a wait, and dropped later`(statement: String)
        throws
    {
        let other = try installation.database.connect()
        try other.execute(script: "BEGIN; \(statement)")
        let first = try dropped()
        #expect(first == (statement.contains("advisory") ? nil : 0))
        try other.execute(script: "ROLLBACK")
        #expect(try dropped() == 1)
    }

    @Test func `a function that meets a drop waits for it, and finds the conversion gone`() throws {
        let processes = try ["updateConversionStatus", "recordConversion", "backfillPostback"].map { function in
            (function, try WarmFunction(function, installation.environment))
        }
        let postback = try installation.createPostback(["url": .string(receiver.url), "idempotencyKey": "late"])
        let inputs: [JSON] = [
            ["offerId": "o", "transactionId": "old", "status": "done"],
            ["offerId": "o", "affiliateId": "a", "transactionId": "old"],
            ["postbackId": .integer(postback), "since": "2020-01-01T00:00:00Z"],
        ]
        let dropping = try installation.database.connect()
        try dropping.execute(script: "BEGIN; \(Self.drop)")
        for ((function, process), input) in zip(processes, inputs) {
            try process.send([(["id": 1, "input": input] as JSON).encodedText])
            try installation.database.waitForLock(of: function)
        }
        try dropping.execute(script: "COMMIT")
        let answers = try processes.map { try $0.1.answer() }
        #expect(answers[0].at("error.code") == "not_found", "\(answers[0].encodedText)")
        #expect(answers[1].at("output.duplicate") == false, "\(answers[1].encodedText)")
        #expect(answers[2]["error"] == nil, "\(answers[2].encodedText)")
        let orphans = try installation.database.connect().run(
            "SELECT FROM outbox o WHERE NOT EXISTS (SELECT FROM events e WHERE e.id = o.event_id)")
        #expect(orphans.isEmpty)
        #expect(try installation.transactions == ["old"])
    }
}
