import Domain
import JSON
import Postgres
import Store
import TestSupport

/// One call of each statement in `Sources/Store/SQL`, which `StoredCallTests` runs on the tables that it fills. The arguments find
/// rows there, so that every column is read that the call asks for.
enum StoredCallSamples {
    /// The statements of the poller, and of the programs that look after an installation.
    static let poller: [any StoredCall] = [
        AdoptInstallation(), ApplySettings([("jit", "off")], forTransaction: true), CancelDeliveries(),
        CheckInstallation(), CheckMigrationsTable(), CheckPollerRights(), CheckRoles(), CheckWritable(),
        ClaimAlerts(10, lease: .seconds(60)),
        ClaimDeliveries(
            [Outbox.Share(destination: 1, free: 10)], lease: .seconds(60), orderHold: .seconds(600), schedule: .standard
        ),
        CompleteAlerts([]), complete, CountDue(), CountOwed(),
        CreateKey(name: "k", scope: .read, digest: [UInt8](repeating: 2, count: 32), seconds: 60),
        CreateMigrationsTable(), CreatePublication(), ShowWALLevel(), DeferUnreadable([1]), DescribeServer(),
        DropHistory(keepDays: 1, limit: 10, withRecords: true), FillAnswers(after: 0, limit: 10),
        FillDeliveries(after: 0, limit: 10), FindDueDestinations(heads: 2, schedule: .standard),
        FindOldest(), FindSequencesBehind(), FindUnfinishedIndexes(), ReportDeadDeliveries(), HoldPostbacks([2]),
        ListBlocked(limit: 10),
        ListCounters(limit: 10), ListKeys(), ListMigrations(), ListPaused(limit: 10), ListPollers(), LoadKeys(),
        LockMigrations(),
        MaintainAttempts(keepDays: 90),
        MarkDestinations([1: Outbox.Mark(failures: 1)], schedule: .standard), MeasureAlerts(), MeasureBacklog(),
        MeasureTables(limit: 10), MeasureWork(), RevokeKey(id: 1), TouchKeys(ids: [1]), RepairOutbox(),
        RepairSequences(), PauseDyingPostbacks([1]),
        RecordHeartbeat(
            "00000000-0000-0000-0000-000000000001", host: "one", version: "1.0.0", uptime: .seconds(1.5),
            problem: "it has no key", counts: PollerCounts(), number: 1,
            increments: [RecordHeartbeat.Increment("attempts_total", labels: "outcome=\"retry\",error=\"dns\"", 2)]),
        RollUpAttempts(),
        RecordMigration(number: 1000, name: "sample"), ReleaseDeliveries([]),
        RemoveHeartbeat("00000000-0000-0000-0000-000000000002"), RenumberDeliveries([4]),
        NotifyOperator("poller.stopped", ["unanswered": 1]), TryWriting(), WatchOutbox(lagSeconds: 300),
    ]

    /// The statements of the functions.
    static let functions = FunctionCallSamples.all

    /// Delivery 2 fails, and its receiver is gone for good.
    private static let complete = CompleteDeliveries(
        lines: [
            Array(
                """
                {"id":"2/1/1","output":{"outcome":"failed","pausePostback":true,"sent":true,"request":null,
                "response":null,"error":{"code":"http_status"},"timing":{"totalMs":1},"remoteAddress":null}}
                """.utf8)
        ], orderHold: .seconds(600), schedule: .standard)

    /// Fills the tables for the samples: a postback of which ten deliveries are dead, a paused one, a blocked destination, and in
    /// the outbox one delivery of each kind (1 due, 2 in flight, 3 lost on its last attempt, 4 with an id that is taken, 5 overtaken,
    /// 6 held).
    static let content = """
        INSERT INTO api_keys (name, scope, digest) VALUES ('sample', 'manage', decode(repeat('01', 32), 'hex'));
        INSERT INTO destinations (origin) VALUES ('http://one:80');
        INSERT INTO destinations (origin, failures, failing_since, blocks, blocked_until)
        VALUES ('http://two:80', 10, now(), 1, now() + interval '1 hour');
        INSERT INTO offers (id, name) VALUES ('o', 'Offer');
        INSERT INTO goals (offer_id, id, name, position) VALUES ('o', 'g', 'Goal', 1);
        INSERT INTO affiliates (id, name) VALUES ('a', 'Affiliate');
        INSERT INTO postbacks (offer_id, affiliate_id, conversion_status, url, http_type, destination_id, updated_at)
        VALUES ('o', 'a', 'done', 'http://one/', 'GET', 1, now() - interval '1 day');
        INSERT INTO postbacks (offer_id, affiliate_id, conversion_status, url, http_type, destination_id, paused_at,
            paused_reason)
        VALUES ('o', 'a', 'pending', 'http://one/', 'GET', 1, now(), 'sample');
        INSERT INTO postbacks (offer_id, affiliate_id, goal_id, conversion_status, url, http_type, destination_id,
            idempotency_key, fingerprint, signing_secret)
        VALUES ('o', 'a', 'g', 'done', 'http://one/', 'GET', 1, 'key', 'sha256:', '{"sealed": "v2.k.x"}');
        INSERT INTO postback_versions (postback_id, version, conversion_status, goal_id, active, url)
        SELECT id, version, conversion_status, goal_id, active, url FROM postbacks;
        INSERT INTO attempts (delivery_id, lease_no, attempt, at, outcome) VALUES (1, 1, 1, now(), 'retry');
        INSERT INTO conversions (offer_id, affiliate_id, transaction_id, status, sequence, occurred_at)
        VALUES ('o', 'a', 't', 'done', 1, now());
        INSERT INTO events (conversion_id, sequence, status, aggregateid, type, payload)
        SELECT n, 1, 'done', n::text, 'conversion.done', '{}' FROM generate_series(1, 6) n;
        INSERT INTO outbox (event_id, conversion_id, sequence, postback_id, destination_id, owed_at, due_at, lease_until,
            lease_no, attempt)
        VALUES (1, 1, 1, 1, 1, now(), now(), NULL, 0, 0),
            (2, 2, 1, 1, 1, now(), now(), now() + interval '1 minute', 1, 0),
            (3, 3, 1, 1, 1, now(), now(), now() - interval '1 minute', 8, 7),
            (4, 4, 1, 1, 1, now(), now(), NULL, 0, 0),
            (5, 5, 1, 1, 1, now() - interval '1 hour', now(), NULL, 1, 0),
            (6, 6, 1, 2, 1, now(), 'infinity', NULL, 0, 0);
        INSERT INTO deliveries (id, event_id, conversion_id, sequence, postback_id, destination_id, state, attempts,
            lease_no, owed_at)
        VALUES (4, 4, 4, 1, 1, 2, 'delivered', 1, 1, now()), (20, 7, 5, 2, 1, 1, 'delivered', 1, 1, now());
        INSERT INTO deliveries (id, event_id, conversion_id, sequence, postback_id, destination_id, state, attempts,
            error_code, lease_no, owed_at, finished_at, postback_version)
        SELECT 100 + n, 100 + n, 100 + n, 1, 1, 1, 'dead', 1, 'http_status', 1, now(), now() + interval '1 second' * n, 1
        FROM generate_series(1, 10) n;
        INSERT INTO alert_watch (seen_at) VALUES (now());
        INSERT INTO alerts (type, data) VALUES ('postback.paused', '{"reason": "sample"}');
        INSERT INTO alert_deaths (postback_id, delivery_id, at) VALUES (1, 101, now() - interval '1 hour');
        INSERT INTO pollers (id, version, started_at, problem)
        VALUES ('00000000-0000-0000-0000-000000000002', '1.0.0', now(), 'sample');
        SELECT setval('conversions_id_seq', 1000);
        SELECT setval('events_id_seq', 1, false);
        """
}
