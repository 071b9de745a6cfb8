import Domain
import JSON
import Postgres
import Store
import TestSupport
import TestThreads
import Testing

/// What is read of an outbox that is full of dead rows, which an old transaction keeps from vacuum, does not grow with these.
/// The planner takes such a table for an all but empty one, whose indexes cost nothing to read.
@Suite(.ownThreads) struct DeadRowsTests {
    /// The dead rows fill more than 400 blocks.
    private static let deadRows = 30_000

    private let installation: Installation
    private let connection: Connection
    private let old: Connection

    /// 20 deliveries of 10 conversions owed to two destinations, among the dead rows.
    init() throws {
        installation = try Installation.make()
        let postbacks = (1...2).flatMap { port in
            ["pending", "done"].map { status -> JSON in
                ["conversionStatus": .string(status), "url": .string("http://127.0.0.1:\(port)/")]
            }
        }
        try installation.configure(postbacks: postbacks)
        connection = try installation.database.connect()
        old = try installation.database.connect()
        try old.execute(script: "BEGIN ISOLATION LEVEL REPEATABLE READ; CREATE TEMPORARY TABLE t (); SELECT")
        // An autovacuum would be counted with the reads.
        try connection.execute(script: "ALTER TABLE outbox SET (autovacuum_enabled = off); ANALYZE outbox")
        for _ in 1...2 {
            _ = try connection.transaction(Outbox.pollingSession(longest: .seconds(60)).calls(isShared: false))
        }
        try connection.execute(
            script: """
                BEGIN;
                INSERT INTO outbox (event_id, conversion_id, sequence, postback_id, destination_id, due_at)
                SELECT 0, -n, 1, 0, 1 + n % 2, now() - interval '1 hour' FROM generate_series(1, \(Self.deadRows)) AS n;
                DELETE FROM outbox WHERE event_id = 0;
                COMMIT
                """)
        try connection.execute(script: "VACUUM ANALYZE outbox")
        try installation.record((1...10).map { "t\($0)" })
    }

    @Test func `neither claims nor answers read them`() throws {
        // Without a cursor, a claim reads all of them once.
        let floor = try connection.run("SELECT now() - interval '1 minute' AS floor").first?.text("floor") ?? ""
        let claim = ClaimDeliveries(
            [Outbox.Share(destination: 1, free: 8, floor: floor, retryFloor: floor)], lease: .seconds(60),
            orderHold: .seconds(600),
            schedule: .standard)
        #expect(try blocksRead(by: claim) < 200)
        let claimed = try connection.run("SELECT id FROM outbox WHERE lease_no = 1 ORDER BY id").compactMap {
            $0.integer("id")
        }
        #expect(claimed.count == 8)
        let outcomes = ["delivered", "retry", "failed", "skipped"]
        let answers = zip(claimed, outcomes + outcomes).map { answer($0, $1) }
        let complete = CompleteDeliveries(lines: answers, orderHold: .seconds(600), schedule: .standard)
        #expect(try blocksRead(by: complete) < 400)
        #expect(try connection.run("SELECT count(*) AS n FROM deliveries").first?.integer("n") == 6)
    }

    @Test func `a change of a status reads none of them`() throws {
        // The reads of this session and of the recording are counted now, and not in between.
        try waitForEnd(of: "recordConversion")
        _ = try connection.run("SELECT pg_stat_force_next_flush()")
        let before = try blocksRead()
        try installation.ask("updateConversionStatus", ["offerId": "o", "transactionId": "t3", "status": "done"])
        try waitForEnd(of: "updateConversionStatus")
        #expect(try blocksRead() - before < 200)
        #expect(try connection.run("SELECT count(*) AS n FROM outbox WHERE sequence = 2").first?.integer("n") == 2)
    }

    /// Waits until a function's session has ended: it reports then what it has read.
    private func waitForEnd(of function: String) throws {
        try waitUntil("the session of \(function) has ended") {
            try connection.run(
                "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = \(function)"
            ).isEmpty
        }
    }

    private func answer(_ delivery: Int, _ outcome: String) -> [UInt8] {
        Array(
            """
            {"id":"\(delivery)/1/1","output":{"deliveryId":\(delivery),"attempt":1,"outcome":"\(outcome)",
            "retryInSeconds":30,"sent":true,"request":null,"response":null,"error":null,"timing":{},
            "remoteAddress":null}}
            """.utf8)
    }

    /// The number of blocks of the outbox and its indexes that a call reads.
    private func blocksRead(by call: some StoredCall) throws -> Int {
        let read: Query = """
            SELECT sum(pg_stat_get_xact_blocks_fetched(c.oid))::bigint AS blocks FROM pg_class c
            WHERE c.oid = 'outbox'::regclass
                OR c.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = 'outbox'::regclass)
            """
        let rows = try connection.transaction([Call(read), call.call, Call(read)])
        return (rows[2].first?.integer("blocks") ?? .max) - (rows[0].first?.integer("blocks") ?? 0)
    }

    /// The number of blocks that all sessions have read so far.
    private func blocksRead() throws -> Int {
        try connection.run(
            """
            SELECT sum(heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit)::bigint AS blocks
            FROM pg_statio_user_tables WHERE relname = 'outbox'
            """
        ).first?.integer("blocks") ?? 0
    }
}
