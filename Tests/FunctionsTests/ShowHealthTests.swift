import JSON
import Postgres
import Store
import TestSupport
import TestThreads
import Testing

/// Tests showHealth: what is owed, who sends it, and what keeps the rest from being sent.
@Suite(.ownThreads) struct ShowHealthTests {
    @Test func `it counts what is owed by state, and says for how long the oldest has been due`() throws {
        let installation = try Installation.withOffer()
        #expect(
            try installation.ask("showHealth", [:])["owed"]
                == ["owed": 0, "retrying": 0, "in_flight": 0, "held": 0, "isExact": true])
        _ = try installation.createPostback()
        try installation.record(["t", "u", "v"])
        try installation.settle(try installation.claim(1), ["outcome": "retry", "retryInSeconds": 3600])
        #expect(try installation.claim(1).count == 1)
        _ = try installation.database.connect().run(
            "UPDATE outbox SET due_at = now() - interval '100 seconds' WHERE lease_until IS NULL AND attempt = 0")
        let health = try installation.ask("showHealth", [:])
        #expect(health["owed"] == ["owed": 1, "retrying": 1, "in_flight": 1, "held": 0, "isExact": true])
        #expect((100...200).contains(health["oldestDueSeconds"]?.integer ?? 0))
    }

    @Test func `the last ten whole minutes have their attempts by outcome, and zeros where there were none`() throws {
        let installation = try Installation.withOffer()
        _ = try installation.createPostback()
        try installation.record(["t", "u"])
        try installation.settle(try installation.claim(), ["outcome": "failed", "timing": ["totalMs": 7]])
        // They happened in the minute before.
        _ = try installation.database.connect().run(
            "UPDATE attempt_counts_pending SET since = since - interval '1 minute'")
        let minutes = try #require(try installation.ask("showHealth", [:])["minutes"]?.items)
        #expect(minutes.count == 10)
        let busy = minutes.filter { $0["attempts"] != 0 }
        #expect(
            busy.count == 1 && busy.first?["attempts"] == 2 && busy.first?["failed"] == 2
                && busy.first?["averageMs"] == 7)
        #expect(minutes.first?["averageMs"] == .null)
    }

    @Test func `a poller is named with its host, its heartbeat, what it has done and what is wrong there`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        try installation.record(["t", "u"])
        try installation.withPoller { _ in
            try installation.wait(for: 2, in: "delivered")
            try waitUntil("the heartbeat counts them") {
                try installation.ask("showHealth", [:]).at("pollers.0.delivered") == 2
            }
            let poller = try #require(try installation.ask("showHealth", [:]).at("pollers.0"))
            #expect(poller["isAlive"] == true && poller["problem"] == .null && poller["claimed"] == 2)
            #expect(poller["host"]?.text?.isEmpty == false && poller["inFlight"] == 0)
            #expect((0...15).contains(poller["secondsAgo"]?.integer ?? -1))
        }
        // A poller that ends in good order leaves no row.
        #expect(try installation.ask("showHealth", [:])["pollers"] == [])
        let beat = RecordHeartbeat(
            "00000000-0000-0000-0000-000000000001", host: "one", version: "1", uptime: .seconds(60),
            problem: "it has no key", counts: PollerCounts(), number: 1,
            increments: [RecordHeartbeat.Increment("attempts_total", labels: "outcome=\"retry\",error=\"dns\"", 2)])
        try installation.database.connect().run(beat)
        #expect(try installation.ask("showHealth", [:]).at("pollers.0.problem") == "it has no key")
    }

    @Test func `a poller of an earlier version has no counts`() throws {
        let installation = try Installation.make()
        _ = try installation.database.connect().run(
            "INSERT INTO pollers (id, version, started_at) VALUES ('00000000-0000-0000-0000-000000000001', '0.9', now())"
        )
        let poller = try #require(try installation.ask("showHealth", [:]).at("pollers.0"))
        #expect(poller["version"] == "0.9" && poller["host"] == .null && poller["delivered"] == .null)
    }

    @Test func `blocked and paced destinations and paused postbacks are listed, with the number of all`() throws {
        let installation = try Installation.withOffer()
        _ = try installation.createPostback(["url": "http://127.0.0.1:1/{click_id}{status}"])
        try installation.record(["t"])
        _ = try installation.database.connect().run(
            """
            UPDATE destinations SET max_in_flight = 3, failures = 10, failing_since = now(), blocks = 1,
                blocked_until = now() + interval '1 minute'
            """)
        _ = try installation.database.connect().run("UPDATE postbacks SET paused_at = now(), paused_reason = 'test'")
        let health = try installation.ask("showHealth", [:])
        #expect(health.at("blocked.0.destination") == "http://127.0.0.1:1" && health.at("blocked.0.failures") == 10)
        #expect(health["paced"] == [["destination": "http://127.0.0.1:1", "maxInFlight": 3]])
        #expect(health.at("paused.0.reason") == "test" && health.at("paused.0.held") == 1)
        #expect(health["blockedCount"] == 1 && health["pacedCount"] == 1 && health["pausedCount"] == 1)
        #expect(health.at("owed.held") == 1)
    }
}
