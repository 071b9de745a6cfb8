import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests that a destination that cannot be reached is blocked and probed, and that its deliveries use up no attempts.
@Suite(.ownThreads) struct BreakerTests {
    private let breaker: Query =
        "SELECT failures || ' ' || blocks || ' ' || (failing_since IS NOT NULL) AS value FROM destinations"

    @Test func `a dead destination is probed without spending attempts; when it is back everything arrives`() throws {
        let port = try TCPListener().port
        let installation = try Installation.sending(to: "http://127.0.0.1:\(port)")
        let schedule = ["POSTBACKS_RETRY_SCHEDULE": "0.2,0.2,200"]
        try installation.withPoller(schedule) { poller in
            try installation.record((1...30).map { "t\($0)" })
            try waitUntil("it is blocked") { try poller.log.contains("a destination does not answer") }
            // Only probes follow: with this schedule each would have used up four attempts by then.
            try waitUntil("it is probed") {
                try installation.value("SELECT (count(*) >= 2)::text AS value FROM attempts WHERE probe") == "true"
            }
            #expect(
                try installation.value(
                    "SELECT bool_and(retry_in_seconds IS NULL)::text AS value FROM attempts WHERE probe")
                    == "true")
            #expect(
                try installation.value(
                    """
                    SELECT (sum(o.attempt) = (SELECT count(*) FROM attempts WHERE NOT probe))::text AS value FROM outbox o
                    """) == "true")
            let receiver = try RunningReceiver(port: port)
            _ = try installation.database.connect().run("UPDATE destinations SET blocked_until = now()")
            let deliveries = try installation.wait(for: 30, in: "delivered")
            #expect(receiver.requests.count == 30)
            #expect(try installation.value(breaker) == "0 0 false")
            for delivery in deliveries {
                let attempts = delivery["attempts"]?.items ?? []
                let spent = attempts.filter { $0["probe"] == false }
                #expect(spent.compactMap { $0["attempt"]?.integer } == Array(1...spent.count))
                #expect(delivery["attemptCount"]?.integer == spent.count)
            }
        }
    }

    @Test
    func `what is owed to a destination that is gone for good dies when the schedule's span is over, and R13 pauses`()
        throws
    {
        let installation = try Installation.sending(to: "http://127.0.0.1:1")
        try installation.withPoller(["POSTBACKS_RETRY_SCHEDULE": "0.5,0.5,1"]) { _ in
            try installation.record((1...30).map { "t\($0)" })
            try waitUntil("the postback is paused") {
                try installation.value("SELECT (paused_at IS NOT NULL)::text AS value FROM postbacks") == "true"
            }
            let dead = try installation.deliveries().filter { $0["state"] == "dead" }
            #expect(dead.count >= 10)
            for delivery in dead {
                let spent = (delivery["attempts"]?.items ?? []).filter { $0["probe"] == false }
                #expect(spent.compactMap { $0["attempt"]?.integer } == [1, 2, 3, 4])
            }
            #expect(try installation.value("SELECT (count(*) > 0)::text AS value FROM attempts WHERE probe") == "true")
        }
    }

    @Test func `a destination that hangs spends attempts, one at a time, and an answer of any kind ends the block`()
        throws
    {
        let receiver = try RunningReceiver(ReceiverBehaviour(manner: .silence))
        let installation = try Installation.sending(to: receiver.url)
        let schedule = Array(repeating: "0.2", count: 300).joined(separator: ",")
        try installation.withPoller(["POSTBACKS_RETRY_SCHEDULE": schedule, "POSTBACKS_TIMEOUT": "0.3"]) { poller in
            try installation.record((1...40).map { "t\($0)" })
            try waitUntil("it is blocked") { try poller.log.contains("a destination does not answer") }
            let before = receiver.requests.count
            try waitUntil("it is probed three times") { receiver.requests.count >= before + 3 }
            #expect(
                try installation.count("attempts")
                    == Int(installation.value("SELECT sum(attempt) AS value FROM outbox") ?? ""))
            #expect(try installation.value("SELECT count(*) AS value FROM attempts WHERE probe") == "0")
            receiver.behave(ReceiverBehaviour(statuses: [500]))
            try waitUntil("the block has ended") { try installation.value(breaker) == "0 0 false" }
            receiver.behave(ReceiverBehaviour())
            try installation.wait(for: 40, in: "delivered")
        }
    }

    @Test func `a connection that is cut after the request was sent spends an attempt also of a probe`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(manner: .reset))
        let installation = try Installation.sending(to: receiver.url)
        try installation.withPoller(["POSTBACKS_RETRY_SCHEDULE": "0.1,0.1,0.1,0.1,60"]) { poller in
            try installation.record((1...6).map { "t\($0)" })
            try waitUntil("it is blocked") { try poller.log.contains("a destination does not answer") }
            let before = receiver.requests.count
            try waitUntil("it is probed") { receiver.requests.count > before }
            receiver.behave(ReceiverBehaviour())
            _ = try installation.database.connect().run("UPDATE destinations SET blocked_until = now()")
            _ = try installation.database.connect().run("UPDATE outbox SET due_at = now() WHERE lease_until IS NULL")
            let deliveries = try installation.wait(for: 6, in: "delivered")
            for delivery in deliveries {
                let numbers = (delivery["attempts"]?.items ?? []).compactMap { $0["attempt"]?.integer }
                #expect(numbers == Array(1...numbers.count))
            }
            #expect(try installation.value("SELECT count(*) AS value FROM attempts WHERE probe") == "0")
        }
    }
}
