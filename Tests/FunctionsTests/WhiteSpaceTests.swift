import JSON
import TestSupport
import TestThreads
import Testing
import Text

/// Tests R6: white space at the ends of ids is cut off in every function.
@Suite(.ownThreads) struct WhiteSpaceTests {
    @Test(arguments: [
        " T1", "T1 ", "T1\u{A0}", "\u{2007}T1", "T1\u{202F}", "\u{FEFF}T1", "T1\u{200B}", "T1\u{3000}\t", "\r\nT1\n",
        "\u{85}T1\u{2028}",
    ])
    func `R6: an id with white space at its ends is the id without`(id: String) throws {
        let installation = try Installation.withOffer()
        let first = try installation.record(["transactionId": "T1", "goalId": "g1"])
        let again = try installation.ask(
            "recordConversion",
            [
                "offerId": .string("\u{A0}o "), "affiliateId": "a\n", "goalId": " g1",
                "transactionId": .string(id), "clickId": " c ",
            ])
        #expect(again["duplicate"] == true)
        #expect(again.at("conversion.id") == first.at("conversion.id"))
        #expect(again["conflicts"] == ["clickId"])
        let update = try installation.update([
            "offerId": "o\u{A0}", "transactionId": .string(id), "goalId": "g1 ", "status": "done",
        ])
        #expect(update["changed"] == true)
        let listed = try installation.ask(
            "listConversions", ["transactionId": .string(id), "offerId": " o", "affiliateId": "a ", "goalId": " g1"])
        #expect(listed["conversions"]?.items.count == 1)
    }

    @Test func `an id keeps the white space inside of it`() throws {
        let installation = try Installation.withOffer()
        let answer = try installation.record(["transactionId": "T\u{A0} 1", "clickId": "\u{2003}c d"])
        #expect(answer.at("conversion.transactionId") == "T\u{A0} 1")
        #expect(answer.at("conversion.clickId") == "c d")
    }

    @Test func `what is configured has its id without white space`() throws {
        let installation = try Installation.make()
        let offer = try installation.ask(
            "configureOffer", ["offerId": " o\u{A0}", "goalsEnabled": true, "goals": [["id": "g "]]])
        #expect(offer.at("offer.id") == "o" && offer.at("offer.goals.0.id") == "g")
        #expect(try installation.ask("configureAffiliate", ["affiliateId": "\ta"]).at("affiliate.id") == "a")
        let postback = try installation.ask(
            "createPostback", Installation.postback(["offerId": "o ", "affiliateId": " a", "goalId": "g\u{FEFF}"]))
        #expect(postback.at("postback.offer.id") == "o" && postback.at("postback.goal.id") == "g")
        let twice = try installation.refusal(
            of: "configureOffer", ["offerId": "p", "goals": [["id": "g"], ["id": "g "]]])
        #expect(twice.fields == ["goals"])
        #expect(try installation.refusal(of: "configureOffer", ["offerId": " * "]).fields == ["offerId"])
    }

    @Test func `the ids of trackers have up to 4,096 characters, and those of offers 128`() throws {
        let installation = try Installation.withOffer()
        let long = String(repeating: "x", count: 2000)
        let answer = try installation.record(["transactionId": .string(long + " "), "clickId": .string("c" + long)])
        #expect(answer.at("conversion.transactionId") == .string(long))
        #expect(try installation.record(["transactionId": .string(long)])["duplicate"] == true)
        #expect(
            try installation.update(["offerId": "o", "clickId": .string("c" + long), "status": "done"])["changed"]
                == true)
        let tooLong = JSON.string(String(repeating: "é", count: 4097))
        #expect(
            try installation.refusal(
                of: "recordConversion", Installation.conversion(["transactionId": tooLong, "clickId": tooLong])
            ).fields
                == ["transactionId", "clickId"])
        #expect(
            try installation.refusal(
                of: "configureAffiliate", ["affiliateId": .string(String(repeating: "x", count: 129))]
            ).fields
                == ["affiliateId"])
    }
}
