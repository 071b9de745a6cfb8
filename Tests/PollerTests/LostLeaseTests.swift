import Domain
import JSON
import Postgres
import Receiver
import Store
import System
import TestSupport
import TestThreads
import Testing

/// Tests pollers that die repeatedly: lost attempts count, and the delivery ends.
@Suite(.ownThreads) struct LostLeaseTests {
    @Test func `a delivery whose every lease is lost is dead after as many attempts as the schedule has`() throws {
        let installation = try Installation.sending(to: "http://127.0.0.1:1")
        try installation.record(["t"])
        let connection = try installation.database.connect()
        let schedule = try RetrySchedule(parsing: "1,1")
        let claim = ClaimDeliveries(
            [Outbox.Share(destination: 1, free: 10)], lease: .seconds(60), orderHold: .seconds(600), schedule: schedule)
        for attempt in 1...3 {
            let claims = try connection.run(claim).claims
            #expect(claims.map(\.attempt) == [attempt])
            _ = try connection.run("UPDATE outbox SET lease_until = now() - interval '1 second'")
        }
        let answer = try connection.run(claim)
        #expect(answer.claims.isEmpty)
        #expect(answer.ended.map(\.postback) == [1])
        let delivery = try installation.deliveries()[0]
        #expect(delivery["state"] == "dead")
        #expect(delivery["attemptCount"] == 3)
        #expect(delivery.outcomes == ["unknown", "unknown", "unknown"])
        #expect((delivery["attempts"]?.items ?? []).compactMap { $0["attempt"]?.integer } == [1, 2, 3])
        #expect(try installation.count("outbox") == 0)
    }

    @Test func `R12: a delivery whose lease was lost waits as the schedule says before it is claimed again`() throws {
        let installation = try Installation.sending(to: "http://127.0.0.1:1")
        try installation.record(["t"])
        let connection = try installation.database.connect()
        let claim = ClaimDeliveries(
            [Outbox.Share(destination: 1, free: 10)], lease: .seconds(60), orderHold: .seconds(600),
            schedule: try RetrySchedule(parsing: "100,1"))
        #expect(try connection.run(claim).claims.count == 1)
        // The lease began 61 seconds ago.
        _ = try connection.run("UPDATE outbox SET lease_until = now() - interval '1 second'")
        let answer = try connection.run(claim)
        #expect(answer.claims.isEmpty)
        #expect(answer.ended.isEmpty)
        #expect(
            try installation.value(
                """
                SELECT (attempt = 1 AND lease_until IS NULL
                    AND due_at BETWEEN now() + interval '1 second' AND now() + interval '60 seconds')::text AS value
                FROM outbox
                """) == "true")
        #expect(try installation.deliveries()[0].outcomes == ["unknown"])
        _ = try connection.run("UPDATE outbox SET due_at = now()")
        #expect(try connection.run(claim).claims.map(\.attempt) == [2])
        withExtendedLifetime(installation) {}
    }

    @Test
    func
        `a poller buries what was lost on its last attempt; it pauses no postback, and can be resent`()
        throws
    {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        try installation.record((1...10).map { "t\($0)" })
        _ = try installation.database.connect().run(
            "UPDATE outbox SET attempt = 2, lease_no = 3, lease_until = now() - interval '1 second'")
        try installation.withPoller { _ in
            let dead = try installation.wait(for: 10, in: "dead")
            #expect(dead.allSatisfy { $0.outcomes == ["unknown"] && $0["attemptCount"] == 3 })
            #expect(receiver.requests.isEmpty)
            // It is unknown whether these were sent, so they say nothing about the receiver.
            _ = try installation.database.connect().run(PauseDyingPostbacks([1]))
            #expect(try installation.ask("listPostbacks", [:]).at("postbacks.0.paused") == .null)
            try installation.ask("resendDeliveries", ["filter": ["state": "dead"]])
            #expect(
                try installation.wait(for: 10, in: "delivered").allSatisfy { $0.outcomes == ["unknown", "delivered"] })
        }
    }
}
