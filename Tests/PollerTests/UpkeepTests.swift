import JSON
import Postgres
import Receiver
import TestSupport
import TestThreads
import Testing

/// Tests that a running poller repairs rows that concurrent transactions left in a wrong state.
@Suite(.ownThreads) struct UpkeepTests {
    @Test func `a delivery that is recorded during the deletion of its postback is cancelled and not sent`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        try installation.record(["t", "u"])
        _ = try installation.database.connect().run("UPDATE postbacks SET deleted_at = now()")
        try installation.withPoller { _ throws in
            #expect(try installation.wait(for: 2, in: "cancelled").allSatisfy { $0["attempts"] == [] })
            #expect(try installation.count("outbox") == 0)
            #expect(receiver.requests.isEmpty)
        }
    }

    @Test func `R10: a delivery that waited for a held one is sent soon after it, not at the end of the order hold`()
        throws
    {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url, on: ["pending", "done"])
        _ = try installation.database.connect().run(
            "UPDATE postbacks SET paused_at = now(), paused_reason = 'test' WHERE id = 1")
        try installation.record(["t"])
        try installation.update("t", "done")
        try installation.withPoller { _ in
            try installation.ask("updatePostback", ["postbackId": 1, "resume": true])
            try installation.wait(for: 2, in: "delivered")
            #expect(receiver.requests.map(\.target) == ["/t/pending?payout=1.50", "/t/done?payout=1.50"])
        }
    }

    @Test func `a running poller drops days of attempts that are older than is kept, and makes those to come`() throws {
        let installation = try Installation.make()
        try installation.database.connect().execute(
            script: """
                CREATE TABLE attempts_20200101 PARTITION OF attempts
                    FOR VALUES FROM ('2020-01-01 00:00Z') TO ('2020-01-02 00:00Z');
                INSERT INTO attempts (delivery_id, lease_no, attempt, at, outcome)
                VALUES (1, 1, 1, '2020-01-01 12:00Z', 'delivered'), (2, 1, 1, now(), 'delivered');
                DO $$ DECLARE name text := 'attempts_' || to_char(now() AT TIME ZONE 'UTC' + interval '7 days', 'YYYYMMDD');
                BEGIN EXECUTE format('DROP TABLE %I', name); END $$;
                """)
        try installation.withPoller(["POSTBACKS_ATTEMPT_DAYS": "30"]) { _ in
            try waitUntil("the old day is dropped") { try installation.count("attempts") == 1 }
            #expect(try installation.value("SELECT to_regclass('attempts_20200101')::text AS value") == nil)
            #expect(
                try installation.value(
                    "SELECT count(*) AS value FROM pg_inherits WHERE inhparent = 'attempts'::regclass")
                    == "9")
        }
    }
}
