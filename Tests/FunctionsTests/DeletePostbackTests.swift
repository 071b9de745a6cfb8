import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

@Suite(.ownThreads) struct DeletePostbackTests {
    @Test func `what is owed is cancelled, what is in flight finishes, and the history stays readable`() throws {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback()
        let other = try installation.createPostback(["url": "http://127.0.0.1:2/?s={status}"])
        try installation.record(["1", "2", "3", "4"])
        let mine: JSON = ["postbackId": .integer(id)]
        let first = try installation.claim(1)
        try installation.settle(first, ["outcome": "delivered", "response": ["status": 200]])
        let second = try installation.claim(1)
        #expect(try installation.ask("deletePostback", mine) == ["deleted": true, "cancelledDeliveries": 2])
        #expect(try installation.states(mine) == ["delivered", "in_flight", "cancelled", "cancelled"])
        try installation.settle(second, ["outcome": "delivered", "response": ["status": 204]])
        #expect(try installation.states(mine) == ["delivered", "delivered", "cancelled", "cancelled"])
        #expect(try installation.deliveries(mine).map { $0["attempts"]?.items.count } == [1, 1, 0, 0])
        #expect(try installation.states(["postbackId": .integer(other)]) == ["delivered", "delivered", "owed", "owed"])
        #expect(try installation.ask("listPostbacks", [:]).ids("postbacks") == [other])
        let explained = try installation.ask("explainConversion", ["conversionId": 3])
        #expect(explained.at("events.0.postbacks.0.result") == "fired")
        #expect(explained.at("events.0.postbacks.0.state") == "cancelled")
        // It does not fire any more, and deleting it again does nothing.
        #expect(try installation.record(["5"])[0].fired == [other])
        #expect(try installation.ask("deletePostback", mine) == ["deleted": true, "cancelledDeliveries": 0])
        #expect(try installation.states(mine).count == 4)
    }

    @Test func `what comes back unfinished, or never, is cancelled and not sent again`() throws {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback()
        try installation.record(["back", "lost"])
        let claims = try installation.claim()
        try installation.ask("deletePostback", ["postbackId": .integer(id)])
        try installation.settle([claims[0]], ["outcome": "retry", "retryInSeconds": 0])
        try installation.expireLeases()
        #expect(try installation.claim().isEmpty)
        try installation.repair()
        #expect(try installation.states() == ["cancelled", "cancelled"])
        #expect(try installation.deliveries()[0].at("attempts.0.outcome") == "retry")
        #expect(try installation.count("outbox") == 0)
    }

    @Test func `a lease that had run out is cancelled at once`() throws {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback()
        try installation.record(["t"])
        _ = try installation.claim()
        try installation.expireLeases()
        #expect(try installation.ask("deletePostback", ["postbackId": .integer(id)])["cancelledDeliveries"] == 1)
    }

    @Test func `a recording that runs at the same time leaves nothing owed for ever`() throws {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback()
        let connection = try installation.holdUp()
        let recording = try installation.start("recordConversion", Installation.conversion(["transactionId": "t"]))
        try installation.database.waitForLock(of: "recordConversion")
        try installation.ask("deletePostback", ["postbackId": .integer(id)])
        try connection.release()
        #expect(try recording.answer.fired == [id])
        try recording.wait()
        #expect(try installation.claim().isEmpty)
        try installation.repair()
        #expect(try installation.states() == ["cancelled"])
        #expect(try installation.count("outbox") == 0)
    }

    @Test func `what was held is cancelled too`() throws {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback()
        try installation.record(["1", "2"])
        try installation.settle(try installation.claim(1), ["outcome": "failed", "pausePostback": true])
        #expect(try installation.states() == ["failed", "held"])
        #expect(try installation.ask("deletePostback", ["postbackId": .integer(id)])["cancelledDeliveries"] == 1)
    }

    @Test func `a deleted postback gives its goal free`() throws {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback(["goalId": "g2"])
        try installation.record(["t"])
        #expect(try installation.refusal(of: "configureOffer", ["offerId": "o", "goals": []]).code == "conflict")
        try installation.ask("deletePostback", ["postbackId": .integer(id)])
        try installation.ask("configureOffer", ["offerId": "o", "goals": []])
        // explainConversion still knows the goal.
        #expect(
            try installation.ask("explainConversion", ["conversionId": 1]).at("events.0.postbacks.0.result") == "goal")
    }

    @Test func `a postback that was never there is not_found`() throws {
        let refusal = try Installation.make().refusal(of: "deletePostback", ["postbackId": 7])
        #expect(refusal.code == "not_found")
        #expect(refusal.fields == ["postbackId"])
    }
}
