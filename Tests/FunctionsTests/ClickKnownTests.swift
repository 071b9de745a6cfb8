import JSON
import TestSupport
import TestThreads
import Testing

/// Tests R6: the two keys are separate, and the answer warns if a click is known under the other key.
@Suite(.ownThreads) struct ClickKnownTests {
    private func codes(_ answer: JSON) -> [String] {
        (answer["warnings"]?.items ?? []).compactMap { $0["code"]?.text }
    }

    @Test func `R6: a click that is known under the other key is recorded, with a warning`() throws {
        let installation = try Installation.withOffer()
        let first = try installation.record(["clickId": "c"])
        #expect(codes(first) == [])
        let second = try installation.record(["clickId": "c", "transactionId": "t"])
        #expect(second["duplicate"] == false)
        #expect(codes(second) == ["click_known"])
        #expect(second.at("warnings.0.field") == "clickId")
        #expect(second.at("conversion.id") != first.at("conversion.id"))
        // Two transactions of one click are two conversions with the same kind of key.
        try installation.record(["clickId": "d", "transactionId": "t2"])
        #expect(codes(try installation.record(["clickId": "d", "transactionId": "t3"])) == [])
        let late = try installation.record(["clickId": "d"])
        #expect(late["duplicate"] == false && codes(late) == ["click_known"])
        let again = try installation.record(["clickId": "d"])
        #expect(again["duplicate"] == true && codes(again) == ["click_known"])
        #expect(again.at("conversion.id") == late.at("conversion.id"))
    }

    @Test func `R6: the click of another goal or offer is another one`() throws {
        let installation = try Installation.withOffer()
        try installation.configureOffer("p", goalsEnabled: true)
        try installation.record(["clickId": "c", "goalId": "g1"])
        #expect(codes(try installation.record(["clickId": "c", "transactionId": "t"])) == [])
        #expect(codes(try installation.record(["clickId": "c", "transactionId": "t", "goalId": "g2"])) == [])
        #expect(codes(try installation.record(["clickId": "c", "transactionId": "t", "offerId": "p"])) == [])
        #expect(
            codes(try installation.record(["clickId": "c", "transactionId": "t", "goalId": "g1"])) == ["click_known"])
    }

    @Test func `R6: also within one batch`() throws {
        let installation = try Installation.withOffer()
        let answers = try installation.ask(
            "recordConversion",
            all: [
                ["clickId": "c"], ["clickId": "c", "transactionId": "t"], ["clickId": "d", "transactionId": "t"],
                ["clickId": "e", "transactionId": "u"], ["clickId": "e"],
            ].map { Installation.conversion($0) })
        #expect(answers.map { $0["duplicate"] } == [false, false, true, false, false])
        #expect(answers.map(codes) == [[], ["click_known"], [], [], ["click_known"]])
    }
}
