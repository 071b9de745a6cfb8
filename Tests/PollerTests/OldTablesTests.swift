import JSON
import Postgres
import Receiver
import Store
import System
import TestSupport
import TestThreads
import Testing

/// Migrates a database of the first version, with every kind of owed delivery, and sends everything.
@Suite(.ownThreads) struct OldTablesTests {
    /// Migrations of the version before keys were compared by their bytes.
    private static let last = 3

    @Test func `what is owed, held, retried and in flight is sent once after the migration, and keys are still known`()
        throws
    {
        let receiver = try RunningReceiver()
        let database = try TestDatabase.make()
        let connection = try database.connect()
        try Migrations.run(on: connection, through: Self.last) { _ in }
        try connection.execute(
            script: """
                INSERT INTO offers (id, name) VALUES ('o', 'Offer');
                INSERT INTO affiliates (id, name) VALUES ('a', 'Affiliate');
                INSERT INTO destinations (origin) VALUES ('\(receiver.url)');
                INSERT INTO postbacks (offer_id, affiliate_id, conversion_status, url, http_type, destination_id, paused_at,
                    paused_reason)
                SELECT 'o', 'a', 'pending', '\(receiver.url)/' || name || '/{transaction_id}', 'GET', 1,
                    CASE WHEN name = 'held' THEN now() END, CASE WHEN name = 'held' THEN 'by hand' END
                FROM unnest('{owed,held}'::text[]) AS name;
                INSERT INTO postback_versions (postback_id, version, conversion_status, active, url)
                SELECT id, version, conversion_status, active, url FROM postbacks;
                INSERT INTO conversions (offer_id, affiliate_id, transaction_id, click_id, status, occurred_at)
                SELECT 'o', 'a', 't' || n, 'c' || n, 'pending', now() FROM generate_series(1, 40) AS n;
                INSERT INTO events (conversion_id, sequence, status, aggregateid, type, payload)
                SELECT c.id, 1, 'pending', c.id, 'conversion.pending', conversion_json(c, 'Offer', 'Affiliate', NULL)
                FROM conversions c;
                INSERT INTO outbox (event_id, conversion_id, sequence, postback_id, destination_id, due_at, attempt, lease_no,
                    lease_until)
                SELECT e.id, e.conversion_id, 1, p.id, 1,
                    CASE WHEN p.paused_at IS NULL THEN now() ELSE 'infinity' END,
                    CASE WHEN e.id % 4 = 1 THEN 1 ELSE 0 END, CASE WHEN e.id % 4 < 3 THEN 1 ELSE 0 END,
                    CASE WHEN e.id % 4 = 2 AND p.paused_at IS NULL THEN now() - interval '1 second' END
                FROM events e CROSS JOIN postbacks p;
                """)
        let installation = Installation(database: database, environment: [:])
        let migrate = try Programs.run("postbacks", ["migrate"], environment: installation.environment)
        #expect(migrate.status == .exited(0), "\(migrate.errorText)")
        #expect(migrate.errorText.contains("migrated to 5"))

        try installation.withPoller { _ in
            try installation.wait(for: 40, in: "delivered")
            #expect(try installation.count("outbox") == 40)
            try installation.ask("updatePostback", ["postbackId": 2, "resume": true])
            try installation.wait(for: 80, in: "delivered")
            #expect(Set(receiver.requests.map(\.target)).count == 80)
            #expect(receiver.requests.count == 80)

            let again = try installation.record(["transactionId": "t7"])
            #expect(again["duplicate"] == true && again.at("conversion.id") == 7)
            let changed = try installation.ask(
                "updateConversionStatus", ["offerId": "o", "clickId": "c9", "status": "done"])
            #expect(changed["changed"] == true)
        }
    }
}
