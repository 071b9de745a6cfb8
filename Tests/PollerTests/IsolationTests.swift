import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests that a destination does not affect the others.
@Suite(.ownThreads) struct IsolationTests {
    @Test func `a hundred destinations that hang do not delay one that answers`() throws {
        // The kernel accepts the connections, and no process reads from them.
        let hanging = try (0..<100).map { _ in try TCPListener() }
        let receiver = try RunningReceiver()
        let installation = try Installation.make()
        try installation.configure(
            offer: ["offerId": "hang"],
            postbacks: hanging.map { ["url": .string("http://127.0.0.1:\($0.port)/{transaction_id}")] })
        try installation.configure(postbacks: [["url": .string("\(receiver.url)/{transaction_id}")]])
        // There are so few slots that one request to each of a hundred destinations would take all of them, and none
        // times out.
        let settings = ["POSTBACKS_CONCURRENCY": "64", "POSTBACKS_TIMEOUT": "300", "POSTBACKS_LEASE": "400"]
        try installation.withPoller(settings) { _ in
            try installation.record(["warm"])
            try installation.wait(in: "delivered")
            _ = try installation.ask(
                "recordConversion",
                all: (1...5).map { ["offerId": "hang", "affiliateId": "a", "transactionId": .string("h\($0)")] })
            try waitUntil("they hang") { try installation.count(inState: "in_flight") >= 32 }
            try installation.record((1...300).map { "t\($0)" })
            try installation.wait(for: 301, in: "delivered")
            // Each of the hundred gets two requests.
            try waitUntil("all of them hang") { try installation.count(inState: "in_flight") >= 200 }
            #expect(try installation.count(inState: "in_flight") == 200)
            #expect(receiver.requests.count == 301)
        }
        withExtendedLifetime(hanging) {}
    }

    @Test func `a destination with a long backlog does not keep a poller from looking for others`() throws {
        let busy = try RunningReceiver()
        let other = try RunningReceiver()
        let installation = try Installation.sending(to: busy.url)
        try installation.configure(offer: ["offerId": "other"], postbacks: [["url": .string("\(other.url)/")]])
        try installation.record(["t"])
        _ = try installation.database.connect().run(
            """
            INSERT INTO outbox (event_id, conversion_id, sequence, postback_id, destination_id)
            SELECT 1, 1000 + n, 1, 1, 1 FROM generate_series(1, 20000) AS n
            """)
        try installation.withPoller { _ in
            try waitUntil("it is busy") { busy.requests.count >= 20 }
            try installation.ask("recordConversion", ["offerId": "other", "affiliateId": "a", "transactionId": "x"])
            try waitUntil("the other one gets it") { other.requests.count == 1 }
            #expect(busy.requests.count < 15_000)
        }
    }

    @Test func `first attempts do not wait behind a storm of retries to the same destination`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(delay: .milliseconds(100)))
        let installation = try Installation.sending(to: receiver.url)
        try installation.record((1...3000).map { "t\($0)" })
        _ = try installation.database.connect().run(
            "UPDATE outbox SET attempt = 1, due_at = now() - interval '1 hour', owed_at = now() - interval '1 hour'")
        try installation.withPoller(["POSTBACKS_DESTINATION_CONCURRENCY": "4"]) { _ in
            try waitUntil("the storm has begun") { receiver.requests.count >= 20 }
            try installation.record((1...5).map { "fresh\($0)" })
            try waitUntil("the fresh ones arrive") {
                receiver.requests.count { $0.target.hasPrefix("/fresh") } == 5
            }
            #expect(receiver.requests.count < 1500)
        }
    }
}

extension Installation {
    func count(inState state: String) throws -> Int {
        Int(try value("SELECT count(*) AS value FROM delivery_log WHERE state = \(state)") ?? "") ?? -1
    }
}
