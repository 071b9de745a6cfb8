import JSON
import Postgres
import TestSupport
import TestThreads
import Testing

@Suite(.ownThreads) struct ConfigureOfferTests {
    @Test func `an offer is made and changed; what is left out stays`() throws {
        let installation = try Installation.make()
        let made = try installation.ask("configureOffer", ["offerId": "o"])
        #expect(made.at("offer.name") == "o")
        #expect(made.at("offer.goalsEnabled") == false)
        #expect(made.at("offer.goals") == [])
        try installation.ask(
            "configureOffer", ["offerId": "o", "name": "Offer", "goals": [["id": "b"], ["id": "a", "name": "A"]]])
        let changed = try installation.ask("configureOffer", ["offerId": "o", "goalsEnabled": true])
        #expect(changed.at("offer.name") == "Offer")
        #expect(changed.at("offer.goals") == [["id": "b", "name": "b"], ["id": "a", "name": "A"]])
        #expect(changed.at("offer.createdAt") == made.at("offer.createdAt"))
    }

    @Test func `goals is the whole list: it adds, renames and removes`() throws {
        let installation = try Installation.make()
        try installation.ask("configureOffer", ["offerId": "o", "goals": [["id": "a"], ["id": "b"]]])
        let goals: JSON = [["id": "c", "name": "C"], ["id": "b", "name": "renamed"]]
        #expect(try installation.ask("configureOffer", ["offerId": "o", "goals": goals]).at("offer.goals") == goals)
        #expect(try installation.ask("configureOffer", ["offerId": "o"]).at("offer.goals") == goals)
        #expect(try installation.ask("configureOffer", ["offerId": "o", "goals": []]).at("offer.goals") == [])
    }

    @Test(arguments: ["postback", "conversion"])
    func `a goal that a postback or conversion uses cannot be removed, and then nothing is changed`(user: String) throws
    {
        let installation = try Installation.withOffer()
        if user == "postback" {
            _ = try installation.createPostback(["goalId": "g2"])
        } else {
            try installation.record(["goalId": "g2", "transactionId": "t"])
        }
        let refusal = try installation.refusal(
            of: "configureOffer", ["offerId": "o", "name": "changed", "goals": [["id": "g3"]], "goalsEnabled": false])
        #expect(refusal.code == "conflict")
        #expect(refusal.fields == ["goals"])
        #expect(refusal.message.contains("g2") && !refusal.message.contains("g1"))
        let offer = try installation.ask("configureOffer", ["offerId": "o"])
        #expect(offer.at("offer.name") == "o")
        #expect(offer.at("offer.goalsEnabled") == true)
        #expect(offer.at("offer.goals")?.items.compactMap { $0["id"]?.text } == ["g1", "g2"])
        // The other one can be removed.
        #expect(
            try installation.ask("configureOffer", ["offerId": "o", "goals": [["id": "g2"]]]).at("offer.goals")?.items
                .count == 1)
    }

    @Test func `a goal twice is refused`() throws {
        let refusal = try Installation.make().refusal(
            of: "configureOffer", ["offerId": "o", "goals": [["id": "a"], ["id": "b"], ["id": "a"]]])
        #expect(refusal.code == "invalid_request")
        #expect(refusal.fields == ["goals"])
    }

    @Test func `goals whose ids only look the same are two`() throws {
        let installation = try Installation.make()
        let goals: JSON = [["id": "\u{e9}", "name": "one"], ["id": "e\u{301}", "name": "two"]]
        #expect(
            try installation.ask("configureOffer", ["offerId": "o", "goals": goals]).at("offer.goals")?.items.count == 2
        )
    }

    @Test func `an affiliate keeps its name unless another is given`() throws {
        let installation = try Installation.make()
        #expect(try installation.ask("configureAffiliate", ["affiliateId": "a"]).at("affiliate.name") == "a")
        #expect(
            try installation.ask("configureAffiliate", ["affiliateId": "a", "name": "Ada"]).at("affiliate.name")
                == "Ada")
        #expect(try installation.ask("configureAffiliate", ["affiliateId": "a"]).at("affiliate.name") == "Ada")
    }
}
