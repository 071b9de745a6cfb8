import JSON
import TestSupport
import TestThreads
import Testing

/// Tests which postbacks an event fires: R1, R2, R3.
@Suite(.ownThreads) struct MatchingTests {
    @Test func `R1: every active postback whose conditions hold fires, and no other`() throws {
        let installation = try Installation.withOffer()
        try installation.configureOffer("other", goalsEnabled: true)
        try installation.ask("configureAffiliate", ["affiliateId": "b"])
        let matching = [
            try installation.createPostback(), try installation.createPostback(),
            try installation.createPostback(["goalId": "g1"]),
            try installation.createPostback(["httpType": "POST(JSON)"]),
        ]
        for other in [
            ["conversionStatus": "done"], ["conversionStatus": "rejected"], ["affiliateId": "b"], ["offerId": "other"],
            ["goalId": "g2"], ["active": false], ["affiliateId": "*", "conversionStatus": "done"],
            ["offerId": "*", "affiliateId": "b"],
        ] as [JSON] {
            _ = try installation.createPostback(other)
        }
        let recorded = try installation.record(["goalId": "g1", "transactionId": "t"])
        #expect(recorded.fired == matching)
        #expect(recorded["duplicate"] == false)
        #expect(try installation.count("outbox") == matching.count)
    }

    @Test func `R1: the wildcard fires for every offer of the affiliate, or every affiliate of the offer`() throws {
        let installation = try Installation.withOffer()
        try installation.configureOffer("other", goalsEnabled: true)
        try installation.ask("configureAffiliate", ["affiliateId": "b"])
        let allOffers = try installation.createPostback(["offerId": "*"])
        let allAffiliates = try installation.createPostback(["affiliateId": "*"])
        #expect(try installation.record(["transactionId": "1"]).fired == [allOffers, allAffiliates])
        #expect(try installation.record(["offerId": "other", "transactionId": "2"]).fired == [allOffers])
        #expect(try installation.record(["affiliateId": "b", "transactionId": "3"]).fired == [allAffiliates])
        #expect(try installation.record(["offerId": "other", "affiliateId": "b", "transactionId": "4"]).fired == [])
    }

    @Test func `R1: a wildcard is never given by leaving a field out, nor for both at once, nor with a goal`() throws {
        let installation = try Installation.withOffer()
        let missing = try installation.call(
            "createPostback", #"{"conversionStatus":"done","url":"http://t.example/","httpType":"GET"}"#)
        #expect(missing.code == "invalid_request")
        #expect(missing.fields == ["offerId", "affiliateId"])
        #expect(
            try installation.refusal(of: "createPostback", Installation.postback(["offerId": "*", "affiliateId": "*"]))
                .fields
                == ["affiliateId"])
        #expect(
            try installation.refusal(of: "createPostback", Installation.postback(["offerId": "*", "goalId": "g1"]))
                .fields
                == ["goalId"])
        #expect(try installation.refusal(of: "configureOffer", ["offerId": "*"]).fields == ["offerId"])
        #expect(try installation.refusal(of: "configureAffiliate", ["affiliateId": "*"]).fields == ["affiliateId"])
    }

    @Test func `R2: with goals on, a postback with a goal fires for that goal only, and one without for any`() throws {
        let installation = try Installation.withOffer()
        let any = try installation.createPostback()
        let first = try installation.createPostback(["goalId": "g1"])
        let second = try installation.createPostback(["goalId": "g2"])
        #expect(try installation.record(["goalId": "g1", "transactionId": "t"]).fired == [any, first])
        #expect(try installation.record(["goalId": "g2", "transactionId": "t"]).fired == [any, second])
        #expect(try installation.record(["transactionId": "t"]).fired == [any])
    }

    @Test func `R2: with goals off the goal is ignored but kept, and counts again when they are turned on`() throws {
        let installation = try Installation.withOffer()
        let any = try installation.createPostback()
        let first = try installation.createPostback(["goalId": "g1"])
        let second = try installation.createPostback(["goalId": "g2"])
        try installation.ask("configureOffer", ["offerId": "o", "goalsEnabled": false])
        #expect(try installation.record(["goalId": "g1", "transactionId": "1"]).fired == [any, first, second])
        #expect(try installation.record(["transactionId": "1"]).fired == [any, first, second])
        try installation.ask("configureOffer", ["offerId": "o", "goalsEnabled": true])
        #expect(try installation.record(["goalId": "g1", "transactionId": "2"]).fired == [any, first])
        #expect(try installation.record(["transactionId": "2"]).fired == [any])
    }

    @Test func `R2: the same holds for a change of status`() throws {
        let installation = try Installation.withOffer()
        let any = try installation.createPostback(["conversionStatus": "done"])
        let second = try installation.createPostback(["conversionStatus": "done", "goalId": "g2"])
        for transaction in ["1", "2"] {
            try installation.record(["goalId": "g1", "transactionId": .string(transaction)])
        }
        #expect(try installation.update(["offerId": "o", "transactionId": "1", "status": "done"]).fired == [any])
        try installation.ask("configureOffer", ["offerId": "o", "goalsEnabled": false])
        #expect(
            try installation.update(["offerId": "o", "transactionId": "2", "status": "done"]).fired == [any, second])
    }

    @Test func `R3: a goal can be set only while the offer's goals are on`() throws {
        let installation = try Installation.withOffer(goalsEnabled: false)
        let refusal = try installation.refusal(of: "createPostback", Installation.postback(["goalId": "g1"]))
        #expect(refusal.code == "conflict")
        #expect(refusal.fields == ["goalId"])
        #expect(try installation.count("postbacks") == 0)
        try installation.ask("configureOffer", ["offerId": "o", "goalsEnabled": true])
        #expect(try installation.createPostback(["goalId": "g1"]) > 0)
    }

    @Test func `R3: a stored goal is shown while goals are off, with goalApplies false`() throws {
        let installation = try Installation.withOffer()
        let created = try installation.ask("createPostback", Installation.postback(["goalId": "g1"]))
        #expect(created.at("postback.goalApplies") == true)
        try installation.ask("configureOffer", ["offerId": "o", "goalsEnabled": false])
        let listed = try installation.ask("listPostbacks", [:])
        #expect(listed.at("postbacks.0.goal") == ["id": "g1", "name": "Install"])
        #expect(listed.at("postbacks.0.goalApplies") == false)
        #expect(try installation.ask("listPostbacks", ["goalId": "g1"]).at("postbacks.0.goalApplies") == false)
        try installation.ask("configureOffer", ["offerId": "o", "goalsEnabled": true])
        #expect(try installation.ask("listPostbacks", [:]).at("postbacks.0") == created["postback"])
    }
}
