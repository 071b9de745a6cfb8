import Domain
import JSON
import Postgres
import Store
import TestSupport
import TestThreads
import Testing

/// Tests that the reads of a poller's statements do not grow with the owed deliveries or the number of postbacks.
@Suite(.ownThreads) struct OutboxCostTests {
    private let connection: Connection

    /// 2,000 deliveries owed, all of them in flight, among 500 postbacks; the poller's session has planned on a table that had a
    /// few rows when it was vacuumed.
    init() throws {
        let installation = try Installation.make()
        connection = try installation.database.connect()
        try connection.execute(
            script: """
                INSERT INTO outbox (event_id, conversion_id, sequence, postback_id, destination_id)
                SELECT n, n, 1, n, 1 FROM generate_series(1, 5) AS n
                """)
        try connection.execute(script: "VACUUM outbox")
        try connection.execute(script: "DELETE FROM outbox; ALTER SEQUENCE outbox_id_seq RESTART")
        // It runs twice, because only a connection that knows that its session is not shared keeps plans.
        for _ in 1...2 {
            _ = try connection.transaction(Outbox.pollingSession(longest: .seconds(60)).calls(isShared: false))
        }
        _ = try connection.transaction([
            FindDueDestinations(schedule: .standard).call, Self.claim([]).call, Self.complete([]).call,
        ])
        try connection.execute(
            script: """
                INSERT INTO affiliates (id, name) VALUES ('a1', 'a1');
                INSERT INTO destinations (origin) VALUES ('http://127.0.0.1:1');
                INSERT INTO postbacks (affiliate_id, conversion_status, url, http_type, destination_id)
                SELECT 'a1', 'done', 'http://127.0.0.1:1/', 'GET', 1 FROM generate_series(1, 500);
                INSERT INTO events (conversion_id, sequence, status, goals_enabled, aggregateid, type, payload)
                SELECT n, 1, 'done', false, n, 'conversion.done', '{}' FROM generate_series(1, 2000) AS n;
                INSERT INTO outbox (event_id, conversion_id, sequence, postback_id, destination_id, lease_until, lease_no)
                SELECT id, conversion_id, 1, 1 + id % 500, 1, now() + interval '1 minute', 1 FROM events;
                """)
    }

    @Test func `an answer reads its own row only`() throws {
        let read = try rowsRead(of: "outbox", by: Self.complete([answer(7)]))
        #expect(try connection.run("SELECT count(*) AS n FROM deliveries").first?.integer("n") == 1)
        #expect(read < 10)
    }

    @Test func `an answer reads no postback but its own`() throws {
        let retry = #","retryInSeconds":30,"pausePostback":true"#
        let read = try rowsRead(of: "postbacks", by: Self.complete([answer(7, "retry", retry)]))
        #expect(
            try connection.run("SELECT count(*) AS n FROM postbacks WHERE paused_at IS NOT NULL").first?.integer("n")
                == 1)
        #expect(read < 10)
    }

    @Test func `a claim reads the postbacks of what it claims`() throws {
        _ = try connection.run("UPDATE outbox SET lease_until = NULL WHERE id <= 3")
        let claim = Self.claim([Outbox.Share(destination: 1, free: 2)])
        let read = try rowsRead(of: "postbacks", by: claim)
        #expect(try connection.run("SELECT count(*) AS n FROM outbox WHERE lease_no = 2").first?.integer("n") == 2)
        #expect(read < 10)
    }

    @Test func `a claim writes no index`() throws {
        _ = try connection.run("UPDATE outbox SET lease_until = NULL, attempt = id % 2 WHERE id <= 40")
        // Half of each page is free for updates, once earlier rows are removed.
        try connection.execute(script: "VACUUM outbox")
        let claim = Self.claim([Outbox.Share(destination: 1, free: 20)])
        let updates: Query = """
            SELECT n_tup_upd AS all, n_tup_hot_upd AS hot FROM pg_stat_xact_user_tables WHERE relname = 'outbox'
            """
        let rows = try connection.transaction([Call(updates), claim.call, Call(updates)])
        for column in ["all", "hot"] {
            #expect(rows[2].first?.integer(column) == (rows[0].first?.integer(column) ?? 0) + 20)
        }
    }

    @Test func `a claim finds first attempts behind any number of retries, and reads neither all of them`() throws {
        _ = try connection.run(
            """
            UPDATE outbox SET lease_until = NULL, attempt = (id > 10)::int, due_at = now() - interval '1 minute' * (id > 10)::int
            """)
        let claim = Self.claim([Outbox.Share(destination: 1, free: 8, retries: 6)])
        let read = try rowsRead(of: "outbox", by: claim)
        #expect(read < 100)
        let claimed = try connection.run("SELECT attempt FROM outbox WHERE lease_no = 2")
        #expect(claimed.filter { $0.integer("attempt") == 1 }.count == 6)
        #expect(claimed.filter { $0.integer("attempt") == 0 }.count == 2)
    }

    @Test func `the oldest that is due is found without reading all that is due at the same time`() throws {
        _ = try connection.run("UPDATE outbox SET lease_until = NULL, due_at = now() - interval '1 minute'")
        let read = try rowsRead(of: "outbox", by: OldestDue())
        #expect(read < 100)
    }

    private func answer(_ delivery: Int, _ outcome: String = "delivered", _ more: String = "") -> [UInt8] {
        Array(
            """
            {"id":"\(delivery)/1/1","output":{"deliveryId":\(delivery),"attempt":1,"outcome":"\(outcome)"\(more),
            "request":null,"response":null,"error":null,"timing":{},"remoteAddress":null}}
            """.utf8)
    }

    private static func claim(_ shares: [Outbox.Share]) -> ClaimDeliveries {
        ClaimDeliveries(shares, lease: .seconds(60), orderHold: .seconds(600), schedule: .standard)
    }

    private static func complete(_ answers: [[UInt8]]) -> CompleteDeliveries {
        CompleteDeliveries(lines: answers, orderHold: .seconds(600), schedule: .standard)
    }

    private struct OldestDue: StoredCall {
        static let statement = Statement(name: "", text: "SELECT due_at FROM oldest_due()")
    }

    private func rowsRead(of table: String, by call: some StoredCall) throws -> Int {
        let read: Query = """
            SELECT coalesce(idx_tup_fetch, 0) + coalesce(seq_tup_read, 0) AS read
            FROM pg_stat_xact_user_tables WHERE relname = \(table)
            """
        let rows = try connection.transaction([Call(read), call.call, Call(read)])
        return (rows[2].first?.integer("read") ?? .max) - (rows[0].first?.integer("read") ?? 0)
    }
}
