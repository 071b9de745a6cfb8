import JSON
import Postgres
import Receiver
import Store
import System
import TestSupport
import TestThreads
import Testing

/// Migrates a database of the first release, with owed deliveries, to the tables and programs of this version.
@Suite(.ownThreads) struct MigrationTests {
    /// The migrations of the first release.
    private static let firstRelease = 3

    /// What the programs of the first release have stored: two postbacks with sealed secrets, the second one paused, and
    /// conversions whose deliveries are owed, tried before, held, lost and finished.
    private static func contents(_ url: String) -> String {
        let template = "\(url)/{transaction_id}/{status}"
        return """
            INSERT INTO offers (id, name, goals_enabled) VALUES ('o', 'Offer', true);
            INSERT INTO goals (offer_id, id, name, position) VALUES ('o', 'g', 'Goal', 1);
            INSERT INTO affiliates (id, name) VALUES ('a', 'Ada');
            INSERT INTO destinations (origin) VALUES ('\(url)');
            INSERT INTO postbacks (id, offer_id, affiliate_id, conversion_status, url, http_type, basic_auth, request_params,
                request_headers, signing_secret, destination_id, idempotency_key, fingerprint)
            VALUES (1, 'o', 'a', 'pending', '\(template)', 'GET',
                '{"login":"ada","password":{"sealed":"v1.test.mxUPqXh2CXufWde9au4E5VmQoizNQ6vzpbaZeyYlHTf8hA=="}}', '{}',
                '{"X-Api-Key":{"sealed":"v1.test.kcoNGu8D1XAs3Ais+FFFmwu+2e9EaX7O2JbONQVmwdg4zbv9WNU="}}',
                '{"sealed":"v1.test.VAClzWrSA3IdPCzbsVN6ngt2GBKo/JzdpuiUZBrJRzw0AfqnWk94MhhpxZBnc1+nuY8PlK+pizGg28oYV9NVPA8J"}',
                1, 'k', 'v1.test.4drsXLkuZOnhNsKqidPSJ33iEtzUtpeG4zlJ+K7BtZbAH8r1RAVCvR1wvdkOo18iiQ9utmKQ/uEg21uQgrUJo1XkDrjzLISkwyTmo9SuvA==');
            INSERT INTO postbacks (id, offer_id, affiliate_id, conversion_status, url, http_type, request_params,
                request_headers, destination_id, paused_at, paused_reason)
            VALUES (2, 'o', 'a', 'done', '\(template)', 'POST(JSON)', '{"tid":"{transaction_id}"}', '{}', 1, now(),
                'its last 10 deliveries all died within 72 hours');
            INSERT INTO postback_versions (postback_id, version, conversion_status, goal_id, active, url)
            SELECT id, version, conversion_status, goal_id, active, url FROM postbacks;
            INSERT INTO conversions (id, offer_id, affiliate_id, goal_id, transaction_id, status, sequence, payout, currency,
                occurred_at)
            SELECT n, 'o', 'a', 'g', 't' || n, 'done', 2, 1.50, 'EUR', now() FROM generate_series(1, 40) n;
            INSERT INTO events (id, conversion_id, sequence, status, previous_status, goals_enabled, aggregateid, type, payload)
            SELECT c.id + 100 * (s - 1), c.id, s, CASE s WHEN 1 THEN 'pending' ELSE 'done' END,
                CASE s WHEN 2 THEN 'pending' END, true, c.id, 'conversion.done',
                conversion_json(c, 'Offer', 'Ada', 'Goal')
            FROM conversions c CROSS JOIN generate_series(1, 2) s;
            -- Of 1 to 10 both events are owed; of 11 to 20 the first was tried; of 21 to 30 its lease ran out; 31 to 40 had it.
            INSERT INTO outbox (id, event_id, conversion_id, sequence, postback_id, destination_id, owed_at, due_at,
                lease_until, lease_no, attempt)
            SELECT n, n, n, 1, 1, 1, now() - interval '1 day', now(), CASE WHEN n > 20 THEN now() - interval '1 hour' END,
                (n > 10)::int, (n > 10 AND n <= 20)::int
            FROM generate_series(1, 30) n;
            INSERT INTO outbox (id, event_id, conversion_id, sequence, postback_id, destination_id, owed_at, due_at)
            SELECT n + 100, n + 100, n, 2, 2, 1, now() - interval '1 day', 'infinity' FROM generate_series(1, 40) n;
            INSERT INTO deliveries (id, event_id, conversion_id, sequence, postback_id, destination_id, state, attempts,
                lease_no, owed_at)
            SELECT n, n, n, 1, 1, 1, CASE n % 2 WHEN 0 THEN 'delivered' ELSE 'dead' END, 1, 1, now() - interval '1 day'
            FROM generate_series(31, 40) n;
            INSERT INTO attempts (delivery_id, lease_no, attempt, at, outcome, postback_version, response, error)
            SELECT n, 1, 1, now() - interval '1 hour', CASE WHEN n > 20 AND n % 2 = 0 THEN 'delivered' ELSE 'retry' END, 1,
                json_build_object('status', CASE WHEN n > 20 AND n % 2 = 0 THEN 204 ELSE 503 END),
                CASE WHEN n <= 20 OR n % 2 = 1 THEN json_build_object('code', 'http_status') END
            FROM generate_series(11, 40) n WHERE n <= 20 OR n > 30;
            SELECT setval('conversions_id_seq', 1000), setval('postbacks_id_seq', 1000),
                setval(pg_get_serial_sequence('events', 'id'), 1000), setval(pg_get_serial_sequence('outbox', 'id'), 1000);
            """
    }

    private func oldInstallation(_ url: String) throws -> Installation {
        let database = try TestDatabase.make()
        let connection = try database.connect()
        try connection.execute(
            script: """
                CREATE TABLE schema_migrations (
                    number integer PRIMARY KEY, name text NOT NULL, done_at timestamptz NOT NULL DEFAULT now())
                """)
        for migration in Migrations.all where migration.number <= Self.firstRelease {
            try connection.execute(
                script: """
                    SET client_min_messages = warning;
                    \(migration.script)
                    INSERT INTO schema_migrations (number, name) VALUES (\(migration.number), '\(migration.name)');
                    """)
        }
        try connection.execute(script: Self.contents(url))
        return Installation(database: database, environment: [:])
    }

    @Test func `a database of the first release is migrated, and a poller sends all that it owes, with its secrets`()
        throws
    {
        let receiver = try RunningReceiver()
        let installation = try oldInstallation(receiver.url)
        let migrated = try Programs.run("postbacks", ["migrate"], environment: installation.environment)
        #expect(migrated.status == .exited(0), "\(migrated.errorText)")
        #expect(try Migrations.tables(on: try installation.database.connect()) == .current)
        try installation.withPoller { _ in
            try installation.wait(for: 35, in: "delivered")
            // Only the postback that was paused is paused.
            #expect(try installation.deliveries().filter { $0["state"] == "held" }.count == 40)
            #expect(receiver.requests.allSatisfy { $0.header("Authorization") == "Basic YWRhOmNhbmFyeQ==" })
            #expect(receiver.requests.allSatisfy { $0.header("X-Api-Key") == "canary-key" })
            #expect(receiver.requests.allSatisfy { $0.header("webhook-signature")?.hasPrefix("v1,") == true })
            try installation.ask("updatePostback", ["postbackId": 2, "resume": true])
            try installation.wait(for: 75, in: "delivered")
            #expect(try installation.count("outbox") == 0)
            #expect(receiver.requests.count == 70)
            for number in 1...30 {
                let targets = receiver.requests.map(\.target).filter { $0.hasPrefix("/t\(number)/") }
                #expect(targets == ["/t\(number)/pending", "/t\(number)/done"])
            }
            // The held delivery has overtaken the dead one.
            let resent = try installation.ask("resendDeliveries", ["filter": ["state": "dead"]])
            #expect(resent["leftOut"] == ["overtaken": 5])
        }
    }

    @Test func `finished deliveries get their offer and affiliate, and large indexes are made beside writers`()
        throws
    {
        let installation = try oldInstallation("http://127.0.0.1:1")
        let connection = try installation.database.connect()
        try Migrations.run(on: connection, through: 8) { _ in }
        // Deliveries of an older program, and an index whose creation was interrupted.
        try connection.execute(
            script: """
                INSERT INTO deliveries (id, event_id, conversion_id, sequence, postback_id, destination_id, state, attempts,
                    lease_no, owed_at)
                SELECT 1000 + n, 31, 31, 1, 1, 1, 'failed', 1, 1, now() FROM generate_series(1, 10500) n;
                UPDATE deliveries SET offer_id = NULL, affiliate_id = NULL WHERE id % 2 = 0;
                CREATE INDEX deliveries_state ON deliveries (id);
                CREATE INDEX conversions_offer_status ON conversions (id);
                UPDATE pg_index SET indisvalid = false
                WHERE indexrelid IN ('deliveries_state'::regclass, 'conversions_offer_status'::regclass);
                """)
        try Migrations.run(on: connection) { _ in }
        #expect(try Migrations.tables(on: connection) == .current)
        #expect(
            try installation.value(
                "SELECT count(*) AS value FROM deliveries WHERE (offer_id, affiliate_id) IS DISTINCT FROM ('o', 'a')")
                == "0")
        let made =
            try installation.value(
                """
                SELECT string_agg(pg_get_indexdef(indexrelid), ' ') AS value FROM pg_index
                WHERE indrelid IN ('deliveries'::regclass, 'outbox'::regclass, 'conversions'::regclass) AND indisvalid
                """) ?? ""
        for columns in [
            #"|| ''::text)) COLLATE "C", owed_at, id)"#,
            #"(postback_id, state COLLATE "C", owed_at, id) INCLUDE (affiliate_id, offer_id)"#,
            #"(affiliate_id, state COLLATE "C", owed_at, id) INCLUDE (offer_id)"#,
            #"(offer_id, state COLLATE "C", owed_at, id)"#, "outbox USING btree (owed_at)",
            #"conversions USING btree (status COLLATE "C", created_at, id)"#,
            #"(affiliate_id, ((status || ''::text)) COLLATE "C", created_at, id) INCLUDE (offer_id, status)"#,
            #"conversions USING btree (offer_id, ((status || ''::text)) COLLATE "C", created_at, id)"#,
        ] { #expect(made.contains(columns), "\(columns) \(made)") }
        let dead = try installation.ask("listDeliveries", ["affiliateId": "a", "state": "dead"])
        #expect(dead["deliveries"]?.items.compactMap { $0["id"]?.integer } == [31, 33, 35, 37, 39])
        #expect(
            try installation.ask("listDeliveries", ["offerId": "o", "state": "held"])["deliveries"]?.items.count == 40)
        // The last attempts of those that were not delivered are known, also of those that wait for a retry.
        #expect(
            try installation.deliveries(["httpStatus": 503]).compactMap { $0["id"]?.integer } == Array(11...20) + [
                31, 33, 35, 37, 39,
            ])
        #expect(
            try installation.deliveries(["errorCode": "http_status"]).compactMap { $0["id"]?.integer } == Array(11...20)
        )
        #expect(try installation.deliveries(["httpStatus": "2xx"]).isEmpty)
        for columns in [
            #"(destination_id, state COLLATE "C", owed_at, id) INCLUDE (affiliate_id, offer_id)"#,
            #"(http_status, state COLLATE "C", owed_at, id)"#,
            #"(error_code COLLATE "C", state COLLATE "C", owed_at, id)"#,
        ] { #expect(made.contains(columns), "\(columns) \(made)") }
        // A second run changes nothing.
        try Migrations.run(on: connection) { _ in Issue.record("a migration that was done is done again") }
    }

    @Test func `the functions work with the rows of the first release`() throws {
        let installation = try oldInstallation("http://127.0.0.1:1")
        try Migrations.run(on: try installation.database.connect()) { _ in }
        let postback: JSON = [
            "offerId": "o", "affiliateId": "a", "conversionStatus": "pending", "httpType": "GET",
            "url": "http://127.0.0.1:1/{transaction_id}/{status}",
        ]
        #expect(try installation.ask("createPostback", postback).at("postback.id")?.integer ?? 0 > 1000)
        let repeated = try installation.record(["goalId": "g", "transactionId": "t1", "payout": "1.50"])
        #expect(repeated["duplicate"] == true)
        #expect(
            try installation.ask("updateConversionStatus", ["conversionId": 1, "status": "rejected"])["changed"] == true
        )
        #expect(try installation.ask("listDeliveries", ["conversionId": 1])["deliveries"]?.items.count == 2)
        #expect(try installation.ask("explainConversion", ["conversionId": 31])["events"]?.items.count == 2)
        #expect(try installation.ask("updatePostback", ["postbackId": 1, "active": true]).at("postback.version") == 2)
        #expect(try installation.ask("deletePostback", ["postbackId": 2])["cancelledDeliveries"] == 40)
    }
}
