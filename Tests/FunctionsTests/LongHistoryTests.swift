import JSON
import Postgres
import TestSupport
import TestThreads
import Testing

/// Lists of deliveries where there is much that is finished: what a page reads does not grow with the history.
@Suite(.ownThreads) struct LongHistoryTests {
    private static let finished = 100_000

    /// Twenty affiliates, ten offers, and a hundred postbacks of which the hundredth is for every affiliate. Of a hundred
    /// deliveries one is dead; they have been owed one second after another, and the last ones until now. The receiver answered
    /// nearly all with 200, few with 204 or 409, and the dead ones with 503 or not at all.
    private static func make() throws -> Installation {
        let installation = try Installation.make()
        try installation.database.connect().execute(
            script: """
                INSERT INTO offers (id, name) SELECT 'o' || i, 'Offer' FROM generate_series(0, 9) i;
                INSERT INTO affiliates (id, name) SELECT 'a' || i, 'Affiliate' FROM generate_series(0, 19) i;
                INSERT INTO destinations (origin) SELECT 'http://127.0.0.1:' || i FROM generate_series(1, 3) i;
                INSERT INTO postbacks (id, offer_id, affiliate_id, conversion_status, url, http_type, destination_id)
                SELECT i, 'o' || i % 10, CASE WHEN i < 100 THEN 'a' || i % 20 END, 'done', 'http://127.0.0.1:1/', 'GET', 1
                FROM generate_series(1, 100) i;
                INSERT INTO conversions (id, offer_id, affiliate_id, transaction_id, click_id, status, occurred_at, created_at)
                SELECT i, 'o' || i % 10, 'a' || i % 20, 't' || i, 'c' || i, CASE i WHEN 49990 THEN 'rejected' ELSE 'done' END,
                    now(), now() - (50000 - i) * interval '2 seconds'
                FROM generate_series(1, 50000) i;
                INSERT INTO events (id, conversion_id, sequence, status, aggregateid, type, payload)
                SELECT i, i, 1, 'done', i, 'conversion.done', '{}' FROM generate_series(1, 50000) i;
                INSERT INTO deliveries (id, event_id, conversion_id, sequence, postback_id, destination_id, state, attempts,
                    lease_no, http_status, error_code, owed_at, finished_at)
                SELECT i, c, c, 1, 1 + i % 100, CASE i % 1000 WHEN 5 THEN 2 ELSE 1 END,
                    CASE i % 100 WHEN 7 THEN 'dead' ELSE 'delivered' END, 1, 1,
                    CASE WHEN i % 1000 = 107 THEN NULL WHEN i % 100 = 7 THEN 503 WHEN i = 50000 THEN 204 WHEN i = 60000 THEN 409
                        ELSE 200 END,
                    CASE WHEN i % 1000 = 107 THEN 'timeout' WHEN i % 100 = 7 THEN 'http_status' END,
                    now() - (\(finished) - i) * interval '1 second', now() - (\(finished) - i) * interval '1 second'
                FROM generate_series(1, \(finished)) i CROSS JOIN LATERAL (SELECT 1 + i % 50000) AS x(c);
                INSERT INTO attempts (delivery_id, lease_no, attempt, at, outcome)
                SELECT id, 1, 1, owed_at, 'delivered' FROM deliveries WHERE id % 10 = 0;
                INSERT INTO outbox (id, event_id, conversion_id, sequence, postback_id, destination_id, offer_id, affiliate_id)
                SELECT \(finished) + i, i, i, 1, 1 + i % 100, 1, 'o' || i % 10, 'a' || i % 20 FROM generate_series(1, 500) i;
                """)
        // A later autovacuum would be counted with the reads.
        try installation.database.connect().execute(script: "ALTER TABLE conversions SET (autovacuum_enabled = off)")
        try vacuum(installation)
        return installation
    }

    /// Makes the tables as autovacuum leaves them, so that an index alone answers. While autovacuum analyzes a table of the
    /// database, the rows that are new for it stay invisible to index-only scans.
    private static func vacuum(_ installation: Installation) throws {
        try waitUntil("all rows are visible to index-only scans") {
            try installation.database.connect().execute(script: "VACUUM ANALYZE")
            return try installation.value(
                """
                SELECT bool_and(relallvisible = relpages)::text AS value FROM pg_class
                WHERE oid IN ('conversions'::regclass, 'events'::regclass, 'deliveries'::regclass, 'outbox'::regclass)
                """)
                == "true"
        }
    }

    /// Rows and entries of indexes that have been read so far of what grows with the history, or of the tables whose names
    /// match a regular expression.
    private static func read(
        _ installation: Installation, of tables: String = "^(deliv|conv|event|attempt)"
    ) throws -> Int {
        // A session reports its reads when it ends.
        try waitUntil("the function's session has ended") {
            try installation.value(
                """
                SELECT count(*) AS value FROM pg_stat_activity
                WHERE datname = current_database() AND application_name IN ('listDeliveries', 'resendDeliveries', 'listConversions')
                """)
                == "0"
        }
        let read = try installation.value(
            """
            SELECT (SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname ~ \(tables))
                + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname ~ \(tables)) AS value
            """)
        return Int(read ?? "") ?? 0
    }

    @Test func `a page of conversions reads about what it shows, whatever filters and from either end`() throws {
        let installation = try Self.make()
        func time(_ age: String) throws -> JSON {
            .string(try #require(try installation.value("SELECT rfc3339(now() - \(age)::interval) AS value")))
        }
        let (now, hour, old) = (try time("-1 minute"), try time("1 hour"), try time("1 day"))
        for (filter, rows) in [
            (["transactionId": "t5"], 1), (["clickId": "c49999"], 1), (["clickId": "c5", "offerId": "o5"], 1),
            (["transactionId": "nobody's"], 0), (["clickId": "c5", "status": "pending"], 0), ([:], 10),
            (["clickId": "c5", "transactionId": "t5", "affiliateId": "a5"], 1), (["clickId": "c5", "since": hour], 0),
            (["affiliateId": "a7"], 10), (["offerId": "o3"], 10), (["affiliateId": "a7", "since": hour], 10),
            (["since": hour], 10), (["until": old], 10), (["since": now], 0), (["offerId": "o3", "until": old], 10),
            (["status": "rejected"], 1), (["status": "rejected", "since": hour], 1), (["status": "pending"], 0),
            (["affiliateId": "a10", "status": "rejected", "since": hour], 1),
            (["offerId": "o3", "status": "pending"], 0), (["affiliateId": "a7", "status": "rejected"], 0),
            (["offerId": "o0", "status": "rejected"], 1),
            (["affiliateId": "a7", "offerId": "o7", "status": "done"], 10),
        ] as [(JSON, Int)] {
            for order in ["oldest", "newest"] {
                let input = filter.merging(["limit": 10, "order": .string(order)])
                let before = try Self.read(installation)
                let page = try installation.ask("listConversions", input)
                let count = try Self.read(installation) - before
                #expect(page["conversions"]?.items.count == rows, "\(page)")
                // An affiliate has 2,500: to read them all and sort them is as good as to follow an index that is sorted.
                #expect(count < (filter["affiliateId"] != nil ? 6000 : 1000), "\(input) reads \(count) rows")
            }
        }
        // The index alone shows that the affiliate has nothing of this offer.
        let before = try (entries: Self.read(installation), blocks: Self.blocksOfConversions(installation))
        let none = try installation.ask("listConversions", ["affiliateId": "a7", "offerId": "o8"])
        #expect(none["conversions"] == [])
        #expect(try Self.read(installation) - before.entries < 4000)
        #expect(try Self.blocksOfConversions(installation) - before.blocks < 100)
    }

    /// Blocks of the table of conversions, without its indexes, that have been read so far.
    private static func blocksOfConversions(_ installation: Installation) throws -> Int {
        let blocks = try installation.value(
            "SELECT heap_blks_read + heap_blks_hit AS value FROM pg_statio_user_tables WHERE relname = 'conversions'")
        return Int(blocks ?? "") ?? 0
    }

    @Test func `a page reads about what it shows, whatever filters and from either end; so does a resend`() throws {
        let installation = try Self.make()
        let now = try #require(try installation.value("SELECT rfc3339(now()) AS value"))
        let hour = try #require(try installation.value("SELECT rfc3339(now() - interval '1 hour') AS value"))
        let old = try #require(try installation.value("SELECT rfc3339(now() - interval '1 day') AS value"))
        let filters: [(filter: JSON, rows: Int)] = [
            ([:], 10), (["state": "dead"], 10), (["state": "cancelled"], 0), (["state": "owed"], 10),
            (["affiliateId": "a7"], 10),
            (["affiliateId": "a8", "state": "dead"], 10), (["affiliateId": "a7", "state": "skipped"], 0),
            (["offerId": "o3"], 10),
            (["offerId": "o7", "state": "dead"], 0), (["postbackId": 8], 10),
            (["postbackId": 9, "state": "delivered"], 10),
            (["postbackId": 100, "affiliateId": "a0"], 10), (["affiliateId": "a1", "offerId": "o1"], 10),
            (["conversionId": 77], 3), (["deliveryId": 4242], 1), (["transactionId": "t5"], 3),
            (["clickId": "c5", "offerId": "o5"], 3), (["since": .string(hour)], 10), (["until": .string(old)], 10),
            (["since": .string(hour), "state": "dead"], 10), (["until": .string(old), "affiliateId": "a7"], 10),
            (["since": .string(now), "affiliateId": "a7", "offerId": "o7"], 0),
            (["destination": "127.0.0.1:2"], 10), (["destination": "127.0.0.1:3"], 0),
            (["destination": "127.0.0.1:1", "state": "dead"], 10), (["httpStatus": 200], 10), (["httpStatus": 204], 1),
            (["httpStatus": "2xx"], 10), (["httpStatus": "3xx"], 0), (["httpStatus": "4xx"], 1),
            (["httpStatus": "5xx"], 10),
            (["httpStatus": "503", "since": .string(hour)], 10), (["httpStatus": "2xx", "state": "dead"], 0),
            (["errorCode": "timeout"], 10), (["errorCode": "dns"], 0),
            (["errorCode": "http_status", "state": "delivered"], 0),
            (["httpStatus": "4xx", "affiliateId": "a8"], 0), (["httpStatus": "2xx", "affiliateId": "a8"], 10),
            (["httpStatus": "5xx", "affiliateId": "a8"], 10), (["errorCode": "timeout", "affiliateId": "a8"], 10),
            (["errorCode": "timeout", "postbackId": 9], 0), (["httpStatus": 204, "offerId": "o1"], 1),
            (["destination": "127.0.0.1:1", "errorCode": "timeout"], 10),
            (["destination": "127.0.0.1:1", "httpStatus": "5xx"], 10),
            // The hundredth postback is the network's own.
            (["everyAffiliate": false], 10), (["affiliateId": "a0", "everyAffiliate": false], 10),
            (["offerId": "o0", "everyAffiliate": false], 10), (["postbackId": 8, "everyAffiliate": false], 10),
            (["httpStatus": 200, "everyAffiliate": false], 10), (["conversionId": 100, "everyAffiliate": false], 1),
            (["affiliateId": "a8", "httpStatus": "5xx", "everyAffiliate": false], 10),
        ]
        for (filter, rows) in filters {
            for order in ["oldest", "newest"] {
                let input = filter.merging(["limit": 10, "order": .string(order)])
                let before = try Self.read(installation)
                let page = try installation.ask("listDeliveries", input)
                let count = try Self.read(installation) - before
                #expect(page["deliveries"]?.items.count == rows, "\(input) \(page["deliveries"]?.items.count ?? -1)")
                // Of two filters one leads there, and what it finds is read: an affiliate has a twentieth.
                let isPair =
                    (filter["postbackId"] ?? filter["offerId"] ?? filter["httpStatus"] ?? filter["errorCode"]) != nil
                    && filter["affiliateId"] != nil
                // A postback has 1,000: to read them all and sort them is as good as to follow an index that is sorted.
                #expect(count < (isPair ? 12_000 : 1500), "\(input) reads \(count) rows")
            }
        }
        for filter in [
            ["affiliateId": "a8", "state": "dead"], ["since": .string(hour), "state": "dead"], ["httpStatus": "5xx"],
            ["errorCode": "timeout"], ["destination": "127.0.0.1:1", "errorCode": "timeout"],
            ["affiliateId": "a8", "state": "dead", "everyAffiliate": false],
        ] as [JSON] {
            let before = try Self.read(installation)
            let resent = try installation.ask("resendDeliveries", ["filter": filter, "dryRun": true])
            let count = try Self.read(installation) - before
            #expect(resent["resent"]?.integer ?? 0 > 10, "\(resent)")
            #expect(count < 20_000, "\(filter) reads \(count) rows")
        }
    }

    @Test func `a page of what is owed reads about what it shows, however much is owed`() throws {
        let installation = try Self.make()
        try installation.database.connect().execute(
            script: """
                INSERT INTO outbox (id, event_id, conversion_id, sequence, postback_id, destination_id, offer_id, affiliate_id,
                    owed_at, due_at)
                SELECT \(Self.finished) + i, i, i, 1, 1 + i % 100, 1, 'o' || i % 10, 'a' || i % 20, x.at, x.at
                FROM generate_series(501, 50000) i CROSS JOIN LATERAL (SELECT now() - i * interval '1 ms') AS x(at);
                UPDATE postbacks SET paused_at = now(), paused_reason = 'failing' WHERE id % 10 = 3;
                """)
        try Self.vacuum(installation)
        for filter in [
            [:], ["state": "owed"], ["state": "held"], ["affiliateId": "a7"], ["offerId": "o3"], ["postbackId": 8],
            ["destination": "127.0.0.1:1"], ["everyAffiliate": false],
        ] as [JSON] {
            for order in ["oldest", "newest"] {
                let input = filter.merging(["limit": 10, "order": .string(order)])
                let before = try Self.read(installation, of: "^(outbox|postbacks)")
                let page = try installation.ask("listDeliveries", input)
                let count = try Self.read(installation, of: "^(outbox|postbacks)") - before
                #expect(page["deliveries"]?.items.count == 10)
                // A postback has one in a hundred.
                #expect(count < 4000, "\(input) reads \(count) rows")
            }
        }
        // Nothing has this state, so that everything is looked at, but the postbacks are looked at once.
        let before = try Self.read(installation, of: "^postbacks")
        #expect(try installation.ask("listDeliveries", ["state": "in_flight"])["deliveries"] == [])
        #expect(try Self.read(installation, of: "^postbacks") - before < 1000)
    }

    @Test func `a page of what is owed after an attempt reads about what it shows, however much is owed`() throws {
        let installation = try Self.make()
        try installation.database.connect().execute(
            script: """
                INSERT INTO outbox (id, event_id, conversion_id, sequence, postback_id, destination_id, offer_id, affiliate_id,
                    owed_at, due_at, attempt, lease_no, last_status, last_error)
                SELECT \(Self.finished) + i, i, i, 1, 1 + i % 100, 1, 'o' || i % 10, 'a' || i % 20, x.at, x.at,
                    (failed.status IS NOT NULL OR failed.error IS NOT NULL)::int,
                    (failed.status IS NOT NULL OR failed.error IS NOT NULL)::int, failed.status, failed.error
                FROM generate_series(501, 50000) i CROSS JOIN LATERAL (SELECT now() - i * interval '1 ms') AS x(at)
                LEFT JOIN (VALUES (0, 500, 'http_status'), (1, 503, 'http_status'), (2, NULL, 'timeout'), (3, 204, 'response_mismatch'))
                    AS failed(part, status, error) ON i % 500 = failed.part
                """)
        try Self.vacuum(installation)
        for (filter, rows) in [
            (["state": "retrying"], 100), (["state": "held"], 0), (["errorCode": "timeout", "state": "retrying"], 99),
            (["errorCode": "dns"], 0), (["httpStatus": 500, "state": "retrying"], 99), (["httpStatus": 204], 100),
            (["httpStatus": "5xx", "state": "owed"], 0), (["httpStatus": "3xx"], 0), (["httpStatus": 404], 0),
            (["errorCode": "http_status", "httpStatus": 503, "state": "retrying"], 99),
            (["errorCode": "http_status", "affiliateId": "a0", "state": "retrying"], 99),
            (["errorCode": "http_status", "postbackId": 50, "state": "retrying"], 0),
            (["destination": "127.0.0.1:1", "errorCode": "tls"], 0), (["errorCode": "connect", "state": "held"], 0),
        ] as [(JSON, Int)] {
            for order in ["oldest", "newest"] {
                let input = filter.merging(["limit": 100, "order": .string(order)])
                let before = try Self.read(installation, of: "^outbox")
                let page = try installation.ask("listDeliveries", input)
                let count = try Self.read(installation, of: "^outbox") - before
                #expect(page["deliveries"]?.items.count == rows, "\(input) \(page["deliveries"]?.items.count ?? -1)")
                #expect(count < 2000, "\(input) reads \(count) rows")
            }
        }
    }
}
