import JSON
import Postgres
import TestSupport
import TestThreads
import Testing

/// Tests R16: history is imported and no postback fires.
@Suite(.ownThreads) struct SilentTests {
    private static let longAgo: JSON = ["since": "2020-01-01T00:00:00Z"]

    @Test func `R16: a conversion that is recorded silently owes nothing, and explainConversion says so`() throws {
        let installation = try Installation.withOffer()
        let postback = try installation.createPostback()
        let answer = try installation.record([
            "transactionId": "t", "silent": true, "occurredAt": "2025-01-01T00:00:00Z",
        ])
        #expect(answer["duplicate"] == false && answer.fired == [])
        #expect(try installation.count("events") == 1)
        #expect(try installation.count("outbox") == 0)
        let explained = try installation.ask("explainConversion", ["conversionId": 1])
        #expect(explained.at("events.0.silent") == true)
        #expect(explained.at("events.0.postbacks.0.postbackId") == .integer(postback))
        #expect(explained.at("events.0.postbacks.0.result") == "silent")
        #expect(explained.at("events.0.postbacks.0.reason")?.text?.isEmpty == false)
    }

    @Test func `R16: silent lines and others in one batch each keep to what they say`() throws {
        let installation = try Installation.withOffer()
        let postback = try installation.createPostback()
        let answers = try installation.ask(
            "recordConversion",
            all: [
                ["transactionId": "1", "silent": true], ["transactionId": "2"],
                ["transactionId": "3", "silent": false],
                ["transactionId": "1"],
            ].map { Installation.conversion($0) })
        #expect(answers.map(\.fired) == [[], [postback], [postback], []])
        #expect(answers[3]["duplicate"] == true && answers[3]["conflicts"] == nil)
    }

    @Test func `R16: a later status of such a conversion fires as any other`() throws {
        let installation = try Installation.withOffer()
        let postback = try installation.createPostback(["conversionStatus": "done"])
        try installation.record(["transactionId": "t", "silent": true])
        let update = try installation.update(["conversionId": 1, "status": "done"])
        #expect(update.fired == [postback])
        let explained = try installation.ask("explainConversion", ["conversionId": 1])
        #expect(explained.at("events.0.postbacks.0.result") == "silent")
        #expect(explained.at("events.1.silent") == false)
        #expect(explained.at("events.1.postbacks.0.result") == "fired")
    }

    @Test func `R16: a backfill leaves silent events out unless they are asked for`() throws {
        let installation = try Installation.withOffer()
        try installation.record(["transactionId": "history", "silent": true])
        try installation.record(["transactionId": "today"])
        let postback = try installation.createPostback()
        let input = Self.longAgo.merging(["postbackId": .integer(postback)])
        #expect(try installation.ask("backfillPostback", input)["owed"] == 1)
        #expect(try installation.ask("backfillPostback", input.merging(["includeSilent": true]))["owed"] == 1)
        #expect(try installation.count("outbox") == 2)
        #expect(
            try installation.ask("explainConversion", ["conversionId": 1]).at("events.0.postbacks.0.result") == "fired")
    }
}
