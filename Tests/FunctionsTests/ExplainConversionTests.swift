import JSON
import Postgres
import Store
import TestSupport
import TestThreads
import Testing

/// Tests explainConversion: the deliveries of the postbacks that fired, and the reasons of the others.
@Suite(.ownThreads) struct ExplainConversionTests {
    private func reasons(_ answer: JSON, event: Int = 0) -> [String] {
        (answer.at("events.\(event).postbacks")?.items ?? []).map { $0["reason"]?.text ?? "" }
    }

    @Test func `a conversion is found by every key that updateConversionStatus takes`() throws {
        let installation = try Installation.withOffer()
        try installation.record(["transactionId": "t", "clickId": "c"])
        try installation.record(["transactionId": "t", "goalId": "g1"])
        for (key, id) in [
            (["conversionId": 1], 1), (["offerId": "o", "transactionId": "t", "goalId": nil], 1),
            (["offerId": "o", "transactionId": "t", "goalId": "g1"], 2), (["offerId": "o", "clickId": "c"], 1),
        ] as [(JSON, Int)] {
            #expect(try installation.ask("explainConversion", key).at("conversion.id") == .integer(id), "\(key)")
        }
        for (key, code, field) in [
            (["conversionId": 9], "not_found", "conversionId"),
            (["offerId": "o", "transactionId": "x"], "not_found", "transactionId"),
            (["offerId": "o", "transactionId": "t"], "conflict", "transactionId"),
            (["transactionId": "t"], "invalid_request", "conversionId"), ([:], "invalid_request", "conversionId"),
        ] as [(JSON, String, String)] {
            let refusal = try installation.refusal(of: "explainConversion", key)
            #expect(refusal.code == code && refusal.fields == [field], "\(refusal.text)")
        }
    }

    @Test func `the reason why a postback did not fire contains the values`() throws {
        let installation = try Installation.withOffer()
        try installation.ask("configureAffiliate", ["affiliateId": "b"])
        for more in [
            ["conversionStatus": "done"], ["goalId": "g2"], ["active": false], ["affiliateId": "b"],
            ["affiliateId": "*"],
        ] as [JSON] { _ = try installation.createPostback(more) }
        try installation.record(["transactionId": "t", "goalId": "g1"])
        _ = try installation.createPostback()
        let own = try installation.ask("explainConversion", ["conversionId": 1])
        #expect(own.at("events.0.postbacks")?.items.compactMap { $0["postbackId"]?.integer } == [1, 2, 3, 5, 6])
        #expect(own["otherAffiliatesPostbacks"] == 1)
        let all = try installation.ask("explainConversion", ["conversionId": 1, "all": true])
        #expect(all["otherAffiliatesPostbacks"] == 0)
        let said = reasons(all)
        try #require(said.count == 6)
        #expect(said[0] == "it fires on done; this is pending")
        #expect(said[1] == "it is for goal \"g2\", and the offer's goals were on; this is of goal \"g1\"")
        #expect(said[2] == "it was not active")
        #expect(said[3] == "it is affiliate \"b\"'s; this is affiliate \"a\"'s")
        #expect(said[5].hasPrefix("it was created after the event, at 20"))
    }

    @Test func `for a postback that fired it describes the state of the delivery`() throws {
        let installation = try Installation.withOffer()
        _ = try installation.createPostback(["conversionStatus": "pending"])
        _ = try installation.createPostback(["conversionStatus": "done"])
        let outcomes: [(answer: JSON?, state: String, reason: String)] = [
            (["outcome": "delivered", "response": ["status": 200]], "delivered", ": the receiver answered 200"),
            (
                ["outcome": "failed", "response": ["status": 403], "error": ["code": "http_status", "message": "m"]],
                "failed",
                "is not tried again: the receiver answered 403"
            ),
            (
                ["outcome": "retry", "error": ["code": "timeout", "message": "no answer within 20 s"]], "dead",
                "after 1 attempt, the last one: no answer within 20 s (timeout)"
            ),
            (
                ["outcome": "skipped", "error": ["code": "missing_value", "message": "click_id has no value"]],
                "skipped",
                ": click_id has no value (missing_value)"
            ),
            (
                ["outcome": "retry", "retryInSeconds": 3600, "error": ["code": "dns", "message": "no such host"]],
                "retrying",
                "; the last attempt: no such host (dns)"
            ),
            (nil, "in_flight", "being sent now"),
        ]
        try installation.record(outcomes.map { "t\($0.state)" })
        for outcome in outcomes {
            let claims = try installation.claim(1)
            if let answer = outcome.answer { try installation.settle(claims, answer) }
        }
        func check(_ conversion: Int, _ state: String, _ words: String) throws {
            let explained = try installation.ask("explainConversion", ["conversionId": .integer(conversion)])
            #expect(explained.at("events.0.postbacks.0.result") == "fired")
            #expect(explained.at("events.0.postbacks.0.state") == .string(state))
            let reason = reasons(explained)[0]
            #expect(reason.hasPrefix(state) && reason.contains(words), "\(reason)")
        }
        for (index, outcome) in outcomes.enumerated() { try check(index + 1, outcome.state, outcome.reason) }

        // A later event waits, and says for which; a paused postback holds; a deleted one has cancelled.
        try installation.record(["owed"])
        try installation.update(["conversionId": 5, "status": "done"])
        let waiting = try installation.ask("explainConversion", ["conversionId": 5])
        #expect(waiting.at("events.1.postbacks.1.state") == "owed")
        #expect(waiting.at("events.1.postbacks.1.waitsFor.deliveryId") == 5)
        #expect(reasons(waiting, event: 1)[1].contains("waits for delivery 5 of the earlier event 1"))
        try check(7, "owed", "it is due at 20")
        _ = try installation.database.connect().run(
            "UPDATE postbacks SET paused_at = now(), paused_reason = 'gone' WHERE id = 1")
        try check(7, "held", "its postback is paused (gone)")
        try installation.ask("deletePostback", ["postbackId": 1])
        try check(7, "cancelled", "its postback was deleted")
    }
}
