import JSON
import Postgres
import TestSupport
import TestThreads
import Testing

/// Tests R6: conversions that are recorded again.
@Suite(.ownThreads) struct RepeatTests {
    @Test
    func `R6: the same transaction of the same offer and goal is a repeat: the first one's id, and nothing fires`()
        throws
    {
        let installation = try Installation.withOffer()
        _ = try installation.createPostback()
        let first = try installation.record(["transactionId": "t", "payout": "1.50"])
        let again = try installation.record(["transactionId": "t", "payout": "1.50"])
        #expect(again["duplicate"] == true)
        #expect(again.at("conversion.id") == first.at("conversion.id"))
        #expect(again.fired == [])
        #expect(again["conflicts"] == nil)
        for table in ["conversions", "events", "outbox"] { #expect(try installation.count(table) == 1) }
    }

    @Test func `R6: another offer, goal or transaction is no repeat`() throws {
        let installation = try Installation.withOffer()
        try installation.configureOffer("other", goalsEnabled: true)
        let inputs: [JSON] = [
            ["transactionId": "t"], ["transactionId": "T"], ["transactionId": "t", "goalId": "g1"],
            ["transactionId": "t", "goalId": "g2"], ["transactionId": "t", "offerId": "other"],
        ]
        #expect(try inputs.map { try installation.record($0)["duplicate"] } == inputs.map { _ in false })
        #expect(try installation.count("conversions") == inputs.count)
    }

    @Test func `R6: without a transaction the click decides, apart from conversions that have one`() throws {
        let installation = try Installation.withOffer()
        let withTransaction = try installation.record(["transactionId": "t", "clickId": "c"])
        let byClick = try installation.record(["clickId": "c"])
        #expect(byClick["duplicate"] == false)
        let again = try installation.record(["clickId": "c"])
        #expect(again["duplicate"] == true)
        #expect(again.at("conversion.id") == byClick.at("conversion.id"))
        #expect(again.at("conversion.id") != withTransaction.at("conversion.id"))
        #expect(try installation.record(["clickId": "c", "goalId": "g1"])["duplicate"] == false)
    }

    @Test func `R6: one of the two ids is required`() throws {
        let refusal = try Installation.withOffer().refusal(of: "recordConversion", Installation.conversion([:]))
        #expect(refusal.code == "invalid_request")
        #expect(refusal.fields == ["transactionId"])
        #expect(refusal.message.contains("clickId"))
    }

    private static let full: JSON = [
        "transactionId": "t", "clickId": "c", "status": "pending", "statusReason": "r", "payout": "12.30",
        "revenue": "20",
        "saleAmount": "100.00", "currency": "USD", "ip": "192.0.2.1", "country": "DE", "userAgent": "ua",
        "clickedAt": "2026-01-01T00:00:00Z", "occurredAt": "2026-01-02T00:00:00Z",
        "params": ["sub1": "x", "sub2": "y"],
    ]

    @Test(
        arguments: [
            ("affiliateId", "b"), ("clickId", "other"), ("status", "done"), ("statusReason", "other"),
            ("payout", "12.31"),
            ("revenue", "20.01"), ("saleAmount", "-100.00"), ("currency", "EUR"), ("ip", "192.0.2.2"),
            ("country", "FR"),
            ("userAgent", "other"), ("clickedAt", "2026-01-01T00:00:00.001Z"), ("occurredAt", "2026-01-02T00:00:01Z"),
            ("params", ["sub1": "x"]),
        ] as [(String, JSON)])
    func `R6: a repeat that differs names the field, and changes nothing`(field: String, value: JSON) throws {
        let installation = try Installation.withOffer()
        try installation.ask("configureAffiliate", ["affiliateId": "b"])
        let first = try installation.record(Self.full)
        let again = try installation.record(Self.full.merging(.object([JSON.Member(field, value)])))
        #expect(again["conflicts"] == [.string(field)])
        #expect(again["duplicate"] == true)
        #expect(again["conversion"] == first["conversion"])
    }

    @Test func `R6: the same values written otherwise, and fields left out, are no conflict`() throws {
        let installation = try Installation.withOffer()
        try installation.record(Self.full)
        let otherwise: JSON = [
            "payout": .number("1.23e1"), "revenue": "20.000", "occurredAt": "2026-01-02T01:00:00+01:00",
            "params": ["sub2": "y", "sub1": "x"],
        ]
        #expect(try installation.record(Self.full.merging(otherwise))["conflicts"] == nil)
        #expect(try installation.record(["transactionId": "t"])["conflicts"] == nil)
    }

    @Test func `R6: a repeat is held against the first recording, not against what became of it`() throws {
        let installation = try Installation.withOffer()
        try installation.record(Self.full)
        try installation.update([
            "offerId": "o", "transactionId": "t", "status": "done", "payout": "99", "statusReason": "later",
        ])
        let again = try installation.record(Self.full)
        #expect(again["conflicts"] == nil)
        #expect(again.at("conversion.status") == "done")
        #expect(again.at("conversion.payout") == "99")
        #expect(
            try installation.record(Self.full.merging(["status": "done", "payout": "99"]))["conflicts"] == [
                "status", "payout",
            ])
    }

    @Test func `R6: in one batch the first line is recorded and the others repeat it`() throws {
        let installation = try Installation.withOffer()
        _ = try installation.createPostback()
        let answers = try installation.ask(
            "recordConversion",
            all: [
                ["transactionId": "t", "payout": "1"], ["clickId": "c"], ["transactionId": "t", "payout": "2"],
                ["clickId": "c"],
                ["transactionId": "t"],
            ].map { Installation.conversion($0) })
        #expect(answers.map { $0["duplicate"] } == [false, false, true, true, true])
        #expect(answers.map { $0["conflicts"] } == [nil, nil, ["payout"], nil, nil])
        #expect(answers[2].at("conversion.id") == answers[0].at("conversion.id"))
        #expect(answers[2].at("conversion.payout") == "1")
        #expect(answers[3].at("conversion.id") == answers[1].at("conversion.id"))
        for table in ["conversions", "events", "outbox"] { #expect(try installation.count(table) == 2) }
    }

    @Test func `R6: two sessions fed the same 2,000 keys at once record each once, and answer the same ids`()
        async throws
    {
        let installation = try Installation.withOffer()
        _ = try installation.createPostback()
        let keys = (0..<2000).map { $0 }
        let answers = try await atOnce(3) { session -> [Int: JSON] in
            if session == 2 {
                try self.startTogether(installation)
                return [:]
            }
            try waitUntil("the lock") { try installation.isLocked }
            // The same batches in opposite orders, which would deadlock without a fixed order of locks.
            let order =
                session == 0 ? keys : stride(from: 0, to: 2000, by: 500).flatMap { keys[$0..<$0 + 500].reversed() }
            let answers = try installation.ask(
                "recordConversion",
                all: order.map { key in
                    let name = key.isMultiple(of: 2) ? "transactionId" : "clickId"
                    return Installation.conversion(.object([JSON.Member(name, .string("k\(key)"))]))
                })
            return Dictionary(uniqueKeysWithValues: zip(order, answers))
        }
        var recordings = 0
        for key in keys {
            let both = answers.compactMap { $0[key] }
            #expect(both.count == 2)
            let ids = both.compactMap { $0.at("conversion.id")?.integer }
            #expect(ids.count == 2 && ids[0] == ids[1], "\(both)")
            recordings += both.filter { $0["duplicate"] == false }.count
        }
        #expect(recordings == keys.count)
        for table in ["conversions", "events", "outbox"] { #expect(try installation.count(table) == keys.count) }
    }

    /// Blocks all recordings until two of them wait.
    private func startTogether(_ installation: Installation) throws {
        let connection = try installation.database.connect()
        try connection.execute(script: "BEGIN; LOCK TABLE conversions IN SHARE MODE")
        try installation.database.waitForLock(of: "recordConversion", sessions: 2)
        try connection.execute(script: "COMMIT")
    }
}

extension Installation {
    /// Whether `startTogether` holds its lock.
    fileprivate var isLocked: Bool {
        get throws {
            try value("SELECT 1 AS value FROM pg_locks WHERE relation = 'conversions'::regclass AND mode = 'ShareLock'")
                != nil
        }
    }
}
