import JSON
import Postgres
import Receiver
import Store
import System
import TestSupport
import TestThreads
import Testing

/// Tests how a change of a postback affects its owed deliveries.
@Suite(.ownThreads) struct RepairedPostbackTests {
    @Test func `R8: a repaired URL repairs what is owed, also when it leads to another destination`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.withOffer()
        let id = try installation.createPostback()
        try installation.record(["tried", "in-flight", "owed"])
        try installation.settle(try installation.claim(1), ["outcome": "retry", "retryInSeconds": 0])
        let inFlight = try installation.claim(1)
        try installation.ask(
            "updatePostback",
            ["postbackId": .integer(id), "url": .string("\(receiver.url)/{transaction_id}/{status}")])
        try installation.settle(inFlight, ["outcome": "retry", "retryInSeconds": 0])
        try installation.repair()
        #expect(Set(try installation.deliveries().compactMap { $0["destination"]?.text }) == [receiver.url])
        #expect(try installation.deliver(try installation.claim()).count == 3)
        #expect(Set(receiver.requests.map(\.target)) == ["/tried/pending", "/in-flight/pending", "/owed/pending"])
        #expect(try installation.states() == ["delivered", "delivered", "delivered"])
        let versions = try installation.deliveries().flatMap { $0["attempts"]?.items ?? [] }.compactMap {
            $0["postbackVersion"]?.integer
        }
        #expect(versions.sorted() == [1, 1, 2, 2, 2])
    }

    @Test func `R8: what was recorded in the moment of the update goes to the new destination too`() throws {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback()
        let connection = try installation.holdUp()
        let recording = try installation.start("recordConversion", Installation.conversion(["transactionId": "t"]))
        try installation.database.waitForLock(of: "recordConversion")
        try installation.ask("updatePostback", ["postbackId": .integer(id), "url": "http://127.0.0.1:2/{status}"])
        try connection.release()
        #expect(try recording.answer.fired == [id])
        try recording.wait()
        try installation.repair()
        #expect(try installation.deliveries().compactMap { $0["destination"]?.text } == ["http://127.0.0.1:2"])
    }

    @Test func `R13: resume sends all that was held, in order`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.withOffer()
        let url: JSON = ["url": .string("\(receiver.url)/{transaction_id}/{status}")]
        let id = try installation.createPostback(url)
        _ = try installation.createPostback(url.merging(["conversionStatus": "done"]))
        try installation.record(["gone"])
        try installation.record(["a"])
        try installation.record(["b"])
        try installation.settle(try installation.claim(1), ["outcome": "failed", "pausePostback": true])
        try installation.record(["c"])
        #expect(try installation.postback(id).at("paused.reason")?.text?.isEmpty == false)
        #expect(try installation.states(["postbackId": .integer(id)]) == ["failed", "held", "held", "held"])
        // A change without resume leaves it paused.
        try installation.ask("updatePostback", ["postbackId": .integer(id), "active": true])
        #expect(try installation.claim().isEmpty)
        try installation.update(["offerId": "o", "transactionId": "b", "status": "done"])
        let answer = try installation.ask("updatePostback", ["postbackId": .integer(id), "resume": true])
        #expect(answer.at("postback.paused") == .null)
        let claims = try installation.claim()
        #expect(claims.map(\.delivery) == [2, 3, 4])
        try installation.deliver(claims)
        // Later deliveries waited for the held ones, and do not need to any more.
        try installation.repair()
        try installation.deliver(try installation.claim())
        #expect(Set(receiver.requests.prefix(3).map(\.target)) == ["/a/pending", "/b/pending", "/c/pending"])
        #expect(receiver.requests.map(\.target).last == "/b/done")
        #expect(try installation.count("outbox") == 0)
    }

    @Test(
        arguments: [
            ["url": ["http://127.0.0.1:2/{status}", "http://127.0.0.1:3/{status}"]],
            ["basicAuth": [["login": "a", "password": "b"], ["login": "a", "password": "c"]]],
            ["requestParams": [["a": "1"], ["a": "2"]]], ["requestHeaders": [["X-A": "1"], ["X-A": "2"]]],
        ] as [JSON])
    func `what waits for a retry is due at once when the request has changed, unless retryNow is false`(
        changes: JSON
    ) throws {
        let (name, values) = (changes.members[0].name, changes.members[0].value.items)
        let installation = try Installation.withOffer()
        let id = try installation.createPostback()
        let update: JSON = ["postbackId": .integer(id)]
        try installation.record(["tried", "in-flight"])
        try installation.settle(try installation.claim(1), ["outcome": "retry", "retryInSeconds": 3600])
        let inFlight = try installation.claim(1)
        #expect(inFlight.map(\.delivery) == [2])
        // A change that leaves the request as it was does not make retries due.
        try installation.ask("updatePostback", update.merging(["active": true, "conversionStatus": "pending"]))
        try installation.ask("updatePostback", update.merging(["url": "http://127.0.0.1:1/?s={status}"]))
        try installation.ask(
            "updatePostback", update.merging(.object([.init(name, values[0])])).merging(["retryNow": false]))
        #expect(try installation.claim().isEmpty)
        try installation.ask("updatePostback", update.merging(.object([.init(name, values[1])])))
        #expect(try installation.claim().map(\.delivery) == [1])
    }
}
