import JSON
import Postgres
import Receiver
import Store
import System
import TestSupport
import TestThreads
import Testing

@Suite(.ownThreads) struct ResendDeliveriesTests {
    /// Five deliveries, one in each state: failed, dead, delivered, skipped, owed.
    private func fiveStates(_ url: String = "http://127.0.0.1:1", _ more: JSON = [:]) throws -> Installation {
        let installation = try Installation.withOffer()
        _ = try installation.createPostback(
            (["url": .string("\(url)/{transaction_id}/{status}")] as JSON).merging(more))
        try installation.record(["failed", "dead", "delivered", "skipped", "owed"])
        for outcome in ["failed", "retry", "delivered", "skipped"] {
            try installation.settle(try installation.claim(1), ["outcome": .string(outcome)])
        }
        #expect(try installation.states() == ["failed", "dead", "delivered", "skipped", "owed"])
        return installation
    }

    private func resend(_ installation: Installation, _ input: JSON) throws -> Int? {
        try installation.ask("resendDeliveries", input)["resent"]?.integer
    }

    @Test func `failed and dead ones are owed again by their ids; delivered and skipped ones only with force`() throws {
        let installation = try fiveStates()
        let all: JSON = ["deliveryIds": [1, 2, 3, 4, 5]]
        #expect(
            try installation.ask("resendDeliveries", all) == [
                "resent": 2, "dryRun": false, "next": nil, "madeDue": 1, "leftOut": ["delivered": 1, "skipped": 1],
            ])
        #expect(try installation.states() == ["owed", "owed", "delivered", "skipped", "owed"])
        // A second call has nothing to do.
        #expect(try resend(installation, all) == 0)
        #expect(try resend(installation, all.merging(["force": true])) == 2)
        #expect(try installation.states() == ["owed", "owed", "owed", "owed", "owed"])
        #expect(try resend(installation, all.merging(["force": true])) == 0)
        #expect(try installation.count("outbox") == 5)
        #expect(try installation.count("deliveries") == 0)
    }

    @Test func `the id stays on the wire, attempts start anew, and what was tried before stays readable`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [400, 200]))
        let installation = try Installation.withOffer()
        _ = try installation.createPostback(["url": .string("\(receiver.url)/{delivery_id}/{status}")])
        try installation.record(["t"])
        try installation.settle(try installation.claim(), ["outcome": "retry", "retryInSeconds": 0])
        try installation.deliver(try installation.claim())
        let failed = try installation.deliveries()[0]
        #expect(failed["state"] == "failed" && failed["attemptCount"] == 2)
        #expect(try resend(installation, ["deliveryIds": [1]]) == 1)
        let owed = try installation.deliveries()[0]
        #expect(owed["state"] == "owed")
        #expect(owed["attemptCount"] == 2)
        #expect(owed["attempts"]?.items.count == 2)
        #expect(owed["owedAt"] == failed["owedAt"])
        try installation.deliver(try installation.claim())
        let delivery = try installation.deliveries()[0]
        #expect(delivery["state"] == "delivered")
        #expect(delivery["attemptCount"] == 3 && delivery["owedAt"] == failed["owedAt"])
        #expect(delivery["attempts"]?.items.compactMap { $0["outcome"]?.text } == ["retry", "failed", "delivered"])
        #expect(delivery["attempts"]?.items.compactMap { $0["attempt"]?.integer } == [1, 2, 1])
        #expect(receiver.requests.map { $0.header("Postback-Delivery-Id") } == ["1", "1"])
        #expect(receiver.requests.map { $0.header("Postback-Attempt") } == ["2", "1"])
        #expect(receiver.requests.map(\.target) == ["/1/pending", "/1/pending"])
    }

    @Test func `a dry run counts and changes nothing`() throws {
        let installation = try fiveStates()
        for (input, count, due, leftOut) in [
            (["deliveryIds": [1, 2, 3]], 2, 0, ["delivered": 1]),
            (["filter": ["postbackId": 1]], 2, 1, ["delivered": 1, "skipped": 1]),
            (["filter": ["postbackId": 1], "force": true], 4, 1, [:]),
        ] as [(JSON, JSON, JSON, JSON)] {
            #expect(
                try installation.ask("resendDeliveries", input.merging(["dryRun": true]))
                    == ["resent": count, "dryRun": true, "next": nil, "madeDue": due, "leftOut": leftOut])
        }
        #expect(try installation.states() == ["failed", "dead", "delivered", "skipped", "owed"])
    }

    @Test func `what waits is made due at once, and what is in flight, held or deleted is counted and left`() throws {
        let installation = try Installation.withOffer()
        _ = try installation.createPostback()
        try installation.record(["retrying", "in-flight"])
        try installation.settle(try installation.claim(1), ["outcome": "retry", "retryInSeconds": 3600])
        _ = try installation.claim(1)
        let filter: JSON = ["filter": ["postbackId": 1]]
        let dry = try installation.ask("resendDeliveries", filter.merging(["dryRun": true]))
        #expect(dry["madeDue"] == 1)
        #expect(dry["leftOut"] == ["in_flight": 1])
        #expect(try installation.claim().isEmpty)
        #expect(try installation.ask("resendDeliveries", filter)["madeDue"] == 1)
        let claims = try installation.claim()
        #expect(claims.map(\.delivery) == [1])
        // Its attempts continue where they were.
        #expect(claims.map(\.attempt) == [2])
        try installation.settle(claims, ["outcome": "failed", "pausePostback": true])
        try installation.record(["held"])
        #expect(try installation.ask("resendDeliveries", filter)["leftOut"] == ["in_flight": 1, "paused": 1])
        try installation.expireLeases()
        try installation.ask("deletePostback", ["postbackId": 1])
        let all = filter.merging(["force": true])
        #expect(
            try installation.ask("resendDeliveries", all) == [
                "resent": 0, "dryRun": false, "next": nil, "madeDue": 0, "leftOut": ["deleted": 3],
            ])
    }

    @Test
    func `R10: what a later event has overtaken is left out and counted; force sends it, and so does sendOvertaken`()
        throws
    {
        let installation = try Installation.withOffer()
        for status in ["pending", "done"] {
            _ = try installation.createPostback(["conversionStatus": .string(status)])
        }
        try installation.record(["t"])
        try installation.settle(try installation.claim(), ["outcome": "failed"])
        try installation.update(["conversionId": 1, "status": "done"])
        let all: JSON = ["filter": ["conversionId": 1]]
        // No later event was delivered yet.
        #expect(try installation.ask("resendDeliveries", all.merging(["dryRun": true]))["resent"] == 1)
        try installation.settle(try installation.claim(), ["outcome": "delivered"])
        let left = try installation.ask("resendDeliveries", all)
        #expect(left["resent"] == 0)
        #expect(left["leftOut"] == ["delivered": 1, "overtaken": 1])
        #expect(try resend(installation, ["deliveryIds": [1], "force": true]) == 1)
        let forced = try installation.claim()
        #expect(forced.map(\.delivery) == [1])
        try installation.settle(forced, ["outcome": "failed"])
        #expect(try resend(installation, ["deliveryIds": [1]]) == 0)
        try installation.ask("updatePostback", ["postbackId": 1, "sendOvertaken": true])
        #expect(try resend(installation, ["deliveryIds": [1]]) == 1)
        #expect(try installation.claim().map(\.delivery) == [1])
    }

    @Test func `a filter is by conversion, postback, affiliate, state and time`() throws {
        let installation = try fiveStates()
        try installation.ask("configureAffiliate", ["affiliateId": "b"])
        let id = try installation.createPostback(["affiliateId": "b"])
        try installation.record(["b"], ["affiliateId": "b"])
        _ = try installation.database.connect().run("UPDATE outbox SET due_at = 'infinity' WHERE id = 5")
        try installation.settle(try installation.claim(), ["outcome": "failed"])
        _ = try installation.database.connect().run(
            "UPDATE deliveries SET owed_at = now() - interval '2 days' WHERE id = 2")
        let then = try #require(try installation.value("SELECT rfc3339(now() - interval '1 day') AS value"))
        let first = try installation.ask("listConversions", ["limit": 1]).at("conversions.0.transactionId") ?? .null
        for (filter, expected) in [
            (["conversionId": 1], 1), (["postbackId": .integer(id)], 1), (["deliveryId": 1], 1), (["deliveryId": 3], 0),
            (["transactionId": first], 1), (["transactionId": first, "offerId": "o"], 1), (["offerId": "o"], 3),
            (["transactionId": "none"], 0), (["clickId": first], 0),
            (["postbackId": 1], 2), (["affiliateId": "b"], 1), (["affiliateId": "a"], 2), (["state": "dead"], 1),
            (["state": "failed"], 2), (["state": "delivered"], 0), (["state": "owed"], 0),
            (["since": .string(then)], 2), (["until": .string(then)], 1),
            (["affiliateId": "a", "state": "failed", "postbackId": 1], 1),
        ] as [(JSON, Int)] {
            #expect(try resend(installation, ["filter": filter, "dryRun": true]) == expected, "\(filter)")
        }
        #expect(try resend(installation, ["filter": ["state": "delivered"], "force": true, "dryRun": true]) == 1)
        let unknown = try installation.refusal(
            of: "resendDeliveries", ["filter": ["affiliateId": "x", "conversionId": 99]])
        #expect(unknown.code == "not_found" && unknown.fields == ["filter.affiliateId", "filter.conversionId"])
        #expect(try resend(installation, ["filter": ["affiliateId": "a"]]) == 2)
        #expect(try installation.states() == ["owed", "owed", "delivered", "skipped", "owed", "failed"])
    }

    @Test func `one of deliveryIds and filter is needed, and a filter says something`() throws {
        let installation = try Installation.make()
        for (wrong, field) in [
            ([:], "deliveryIds"), (["deliveryIds": []], "deliveryIds"), (["filter": [:]], "filter"),
            (["deliveryIds": [0]], "deliveryIds[0]"), (["filter": ["status": "dead"]], "filter.status"),
            (["filter": ["postbackId": 1], "after": "x"], "after"),
        ] as [(JSON, String)] {
            let refusal = try installation.refusal(of: "resendDeliveries", wrong)
            #expect(refusal.code == "invalid_request", "\(wrong)")
            #expect(refusal.fields.contains(field), "\(wrong) \(refusal.fields)")
        }
        #expect(
            try installation.refusal(of: "resendDeliveries", ["deliveryIds": [1], "filter": ["postbackId": 1]]).code
                == "invalid_request")
    }

    @Test func `unknown deliveries are named, and then none is owed`() throws {
        let installation = try fiveStates()
        let refusal = try installation.refusal(of: "resendDeliveries", ["deliveryIds": [1, 77, 5, 78]])
        #expect(refusal.code == "not_found")
        #expect(refusal.fields == ["deliveryIds"])
        #expect(refusal.message.contains("77, 78"))
        #expect(try installation.states()[0] == "failed")
    }

    @Test func `R13: what is owed again to a paused postback is held; to a deleted one nothing is`() throws {
        let installation = try fiveStates()
        try installation.settle(try installation.claim(1), ["outcome": "failed", "pausePostback": true])
        #expect(try resend(installation, ["deliveryIds": [1]]) == 1)
        #expect(try installation.states() == ["held", "dead", "delivered", "skipped", "failed"])
        #expect(try installation.deliveries()[0]["dueAt"] == .null)
        try installation.ask("deletePostback", ["postbackId": 1])
        #expect(try resend(installation, ["deliveryIds": [1, 2, 3], "force": true]) == 0)
        #expect(try installation.count("outbox") == 0)
    }

    @Test func `what was repaired in between goes to the new destination`() throws {
        let installation = try fiveStates()
        try installation.ask("updatePostback", ["postbackId": 1, "url": "http://127.0.0.1:2/{status}"])
        #expect(try resend(installation, ["deliveryIds": [1, 2]]) == 2)
        #expect(try installation.deliveries()[0]["destination"] == "http://127.0.0.1:2")
    }

    @Test func `several calls at once owe each delivery once, and count it once`() async throws {
        let installation = try fiveStates()
        let connection = try installation.holdUp()
        let calls = try (0..<3).map { _ in
            try installation.start("resendDeliveries", ["filter": ["postbackId": 1]])
        }
        try installation.database.waitForLock(of: "resendDeliveries", sessions: calls.count)
        try connection.release()
        let counts = try calls.map { try $0.answer["resent"]?.integer ?? -1 }
        for call in calls { try call.wait() }
        #expect(counts.sorted() == [0, 0, 2])
        #expect(try installation.count("outbox") == 3)
        #expect(try installation.count("deliveries") == 2)
    }

    @Test func `one call owes 10000 at the most, and the next goes on behind them`() throws {
        let installation = try fiveStates()
        try installation.database.connect().execute(
            script: """
                INSERT INTO deliveries SELECT n, n, n, 1, 1, 1, 'dead', 8, NULL, 8, now() FROM generate_series(101, 10100) n
                """)
        let filter: JSON = ["filter": ["postbackId": 1]]
        for isDryRun in [true, false] {
            let input = filter.merging(["dryRun": .bool(isDryRun)])
            let first = try installation.ask("resendDeliveries", input)
            #expect(first["resent"] == 10_000)
            let next = try #require(first["next"])
            let second = try installation.ask("resendDeliveries", input.merging(["after": next]))
            #expect(second["resent"] == 2)
            #expect(second["next"] == .null)
        }
        #expect(try installation.count("outbox") == 10_003)
    }
}
