import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing

@Suite(.ownThreads) struct BackfillPostbackTests {
    private static let longAgo: JSON = ["since": "2020-01-01T00:00:00Z"]

    private func backfill(_ installation: Installation, _ id: Int, _ more: JSON = [:]) throws -> Int? {
        try installation.ask("backfillPostback", Self.longAgo.merging(["postbackId": .integer(id)]).merging(more))[
            "owed"]?.integer
    }

    @Test func `past events that match are owed once, however often it is called, and sent as they were`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.withOffer()
        try installation.ask("configureAffiliate", ["affiliateId": "b"])
        try installation.record(["1", "2", "3"], ["payout": "1.50"])
        try installation.record(["b"], ["affiliateId": "b"])
        try installation.update(["conversionId": 2, "status": "done", "payout": "9"])
        let id = try installation.createPostback([
            "url": .string("\(receiver.url)/{transaction_id}/{status}/{payout}")
        ])
        try installation.record(["later"], ["payout": nil])
        #expect(
            try installation.ask(
                "backfillPostback", Self.longAgo.merging(["postbackId": .integer(id), "dryRun": true]))
                == ["owed": 3, "dryRun": true, "next": nil])
        #expect(try installation.count("outbox") == 1)
        #expect(try backfill(installation, id) == 3)
        #expect(try backfill(installation, id) == 0)
        try installation.deliver(try installation.claim())
        #expect(
            Set(receiver.requests.map(\.target)) == [
                "/1/pending/1.50", "/2/pending/1.50", "/3/pending/1.50", "/later/pending/",
            ])
        #expect(try backfill(installation, id) == 0)
        #expect(
            try installation.ask("explainConversion", ["conversionId": 2]).at("events.0.postbacks.0.result") == "fired")
    }

    @Test func `what is owed, in flight, finished or cancelled is not owed again`() throws {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback()
        try installation.record(["delivered", "dead", "in-flight", "owed"])
        try installation.settle(try installation.claim(1), ["outcome": "delivered"])
        try installation.settle(try installation.claim(1), ["outcome": "retry"])
        _ = try installation.claim(1)
        #expect(try installation.states() == ["delivered", "dead", "in_flight", "owed"])
        #expect(try backfill(installation, id) == 0)
        // This holds also after a change of the URL.
        try installation.ask("updatePostback", ["postbackId": .integer(id), "url": "http://127.0.0.1:2/{status}"])
        #expect(try backfill(installation, id) == 0)
    }

    @Test func `R10: several events of a conversion go out in their order`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.withOffer()
        try installation.record(["t"])
        for status in ["done", "rejected", "done"] {
            try installation.update(["conversionId": 1, "status": .string(status)])
        }
        let id = try installation.createPostback([
            "conversionStatus": "done", "url": .string("\(receiver.url)/{event_sequence}"),
        ])
        #expect(try backfill(installation, id) == 2)
        #expect(try installation.deliver(try installation.claim()).count == 1)
        #expect(try installation.deliver(try installation.claim()).count == 1)
        #expect(receiver.requests.map(\.target) == ["/2", "/4"])
    }

    @Test func `calls at once owe each event once, and count it once`() throws {
        let installation = try Installation.withOffer()
        try installation.record((1...20).map { "t\($0)" })
        let id = try installation.createPostback()
        let connection = try installation.holdUp()
        let input = Self.longAgo.merging(["postbackId": .integer(id)])
        let calls = try (0..<3).map { _ in try installation.start("backfillPostback", input) }
        try installation.database.waitForLock(of: "backfillPostback", sessions: calls.count)
        try connection.release()
        let counts = try calls.map { try $0.answer["owed"]?.integer ?? -1 }
        for call in calls { try call.wait() }
        #expect(counts.sorted() == [0, 0, 20])
        #expect(try installation.count("outbox") == 20)
    }

    @Test func `a backfill and a resend at once owe each event once`() throws {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback()
        try installation.record(["t"])
        try installation.settle(try installation.claim(), ["outcome": "failed"])
        let connection = try installation.holdUp()
        let resend = try installation.start("resendDeliveries", ["deliveryIds": [1]])
        try installation.database.waitForLock(of: "resendDeliveries")
        #expect(try backfill(installation, id) == 0)
        try connection.release()
        #expect(try resend.answer["resent"] == 1)
        try resend.wait()
        #expect(try installation.count("outbox") == 1)
        #expect(try installation.count("deliveries") == 0)
    }

    @Test func `since is inclusive and until is not`() throws {
        let installation = try Installation.withOffer()
        try installation.record(["1", "2", "3"])
        _ = try installation.database.connect().run(
            "UPDATE events SET at = '2026-01-01T00:00:00Z'::timestamptz + id * interval '1 hour'")
        let id = try installation.createPostback()
        for (since, until, expected) in [
            ("01", "03", 2), ("02", "02", 0), ("02", "03", 1), ("00", "01", 0), ("03", nil, 1), ("04", nil, 0),
        ] as [(String, String?, Int)] {
            let times: JSON = [
                "since": .string("2026-01-01T\(since):00:00Z"),
                "until": .optional(until.map { "2026-01-01T\($0):00:00Z" }),
            ]
            #expect(try backfill(installation, id, times.merging(["dryRun": true])) == expected, "\(times)")
        }
    }

    @Test func `R2: goals count as they did when the event happened`() throws {
        let installation = try Installation.withOffer()
        try installation.record(["on"], ["goalId": "g1"])
        try installation.record(["on-other"], ["goalId": "g2"])
        try installation.ask("configureOffer", ["offerId": "o", "goalsEnabled": false])
        try installation.record(["off-other"], ["goalId": "g2"])
        try installation.record(["off-none"])
        try installation.ask("configureOffer", ["offerId": "o", "goalsEnabled": true])
        try installation.record(["on-none"])
        let id = try installation.createPostback(["goalId": "g1"])
        let any = try installation.createPostback()
        #expect(try backfill(installation, id) == 3)
        #expect(
            try installation.deliveries(["postbackId": .integer(id)]).compactMap { $0["conversionId"]?.integer } == [
                1, 3, 4,
            ])
        #expect(try backfill(installation, any) == 5)
    }

    @Test func `a postback for every offer or affiliate is owed what is theirs`() throws {
        let installation = try Installation.withOffer()
        try installation.configureOffer("p", goalsEnabled: true)
        try installation.ask("configureAffiliate", ["affiliateId": "b"])
        for (index, more) in [
            [:], ["offerId": "p"], ["affiliateId": "b"], ["offerId": "p", "affiliateId": "b"],
        ].enumerated() as EnumeratedSequence<[JSON]> { try installation.record(["t\(index)"], more) }
        #expect(try backfill(installation, try installation.createPostback(["offerId": "*"])) == 2)
        #expect(try backfill(installation, try installation.createPostback(["affiliateId": "*"])) == 2)
        #expect(try installation.deliveries().compactMap { $0["conversionId"]?.integer } == [1, 2, 1, 3])
    }

    @Test
    func `one that is not active is a conflict, a deleted or unknown one not_found, a paused one is owed it held`()
        throws
    {
        let installation = try Installation.withOffer()
        try installation.record(["t"])
        let inactive = try installation.createPostback(["active": false])
        let deleted = try installation.createPostback()
        let paused = try installation.createPostback()
        try installation.ask("deletePostback", ["postbackId": .integer(deleted)])
        for (id, code) in [(inactive, "conflict"), (deleted, "not_found"), (99, "not_found")] {
            let refusal = try installation.refusal(
                of: "backfillPostback", Self.longAgo.merging(["postbackId": .integer(id)]))
            #expect(refusal.code == code)
            #expect(refusal.fields == ["postbackId"])
        }
        _ = try installation.database.connect().run(
            "UPDATE postbacks SET paused_at = now(), paused_reason = 'test' WHERE id = \(paused)::bigint")
        #expect(try backfill(installation, paused) == 1)
        #expect(try installation.states() == ["held"])
        #expect(try installation.claim().isEmpty)
    }

    @Test func `one call owes 10000 at the most, and the next goes on behind them`() throws {
        let installation = try Installation.withOffer()
        try installation.record(["t"])
        try installation.database.connect().execute(
            script: """
                INSERT INTO events (conversion_id, sequence, status, aggregateid, type, payload)
                SELECT 1, n, 'pending', '1', 'conversion.pending', '{}' FROM generate_series(2, 10003) n
                """)
        let id = try installation.createPostback()
        for isDryRun in [true, false] {
            let input = Self.longAgo.merging(["postbackId": .integer(id), "dryRun": .bool(isDryRun)])
            let first = try installation.ask("backfillPostback", input)
            #expect(first["owed"] == 10_000)
            let second = try installation.ask("backfillPostback", input.merging(["after": first["next"] ?? .null]))
            #expect(second["owed"] == 3)
            #expect(second["next"] == .null)
        }
        #expect(try installation.count("outbox") == 10_003)
    }
}
