import Postgres
import Store
import TestSupport
import TestThreads
import Testing

/// Tests the daily partitions of attempts: they are made in advance and dropped by age, and no attempt is lost without
/// one.
@Suite(.ownThreads) struct AttemptPartitionTests {
    private func database() throws -> Connection {
        let connection = try TestDatabase.make().connect()
        try Migrations.run(on: connection) { _ in }
        return connection
    }

    private func days(_ connection: Connection) throws -> Int {
        let rows = try connection.run(
            "SELECT count(*) AS count FROM pg_inherits WHERE inhparent = 'attempts'::regclass")
        return (rows.first?.integer("count") ?? 0) - 1
    }

    @Test func `today and the week ahead have partitions`() throws {
        #expect(try days(database()) == 8)
    }

    @Test func `an attempt of a day without a partition is kept, and moves into the partition that is made for it`()
        throws
    {
        let connection = try database()
        try connection.execute(
            script: """
                DO $$ DECLARE name text := 'attempts_' || to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD');
                BEGIN EXECUTE format('DROP TABLE %I', name); END $$;
                INSERT INTO attempts (delivery_id, lease_no, attempt, at, outcome) VALUES (1, 1, 1, now(), 'delivered');
                """)
        #expect(try connection.run("SELECT FROM attempts_other").count == 1)
        _ = try connection.run("SELECT maintain_attempts(90)")
        #expect(try connection.run("SELECT FROM attempts_other").isEmpty)
        #expect(try connection.run("SELECT FROM attempts").count == 1)
        #expect(try days(connection) == 8)
    }

    @Test func `days that are older than is kept are dropped, with what stands in no day's partition`() throws {
        let connection = try database()
        try connection.execute(
            script: """
                CREATE TABLE attempts_20200101 PARTITION OF attempts
                    FOR VALUES FROM ('2020-01-01 00:00Z') TO ('2020-01-02 00:00Z');
                INSERT INTO attempts (delivery_id, lease_no, attempt, at, outcome)
                VALUES (1, 1, 1, '2020-01-01 12:00Z', 'delivered'), (2, 1, 1, '2020-02-01 12:00Z', 'delivered'),
                    (3, 1, 1, now(), 'delivered');
                """)
        _ = try connection.run("SELECT maintain_attempts(90)")
        #expect(try connection.run("SELECT delivery_id AS id FROM attempts").map { $0.integer("id") } == [3])
        #expect(try days(connection) == 8)
    }

    @Test func `it waits for who reads attempts, and who reads never waits for it in turn`() throws {
        let database = try TestDatabase.make()
        let reader = try database.connect()
        try Migrations.run(on: reader) { _ in }
        let old = "attempts_20200101"
        try reader.execute(
            script: """
                CREATE TABLE \(old) PARTITION OF attempts FOR VALUES FROM ('2020-01-01') TO ('2020-01-02');
                DO $$ BEGIN EXECUTE 'DROP TABLE attempts_' || to_char(now() AT TIME ZONE 'UTC' + interval '7 days', 'YYYYMMDD'); END $$;
                """)
        // A reader that has come as far as the whole.
        try reader.execute(script: "BEGIN; LOCK TABLE ONLY attempts IN ACCESS SHARE MODE")
        let maintain = MaintainAttempts(keepDays: 90)
        let upkeep = try database.connect()
        try upkeep.start([[maintain.call]])
        try database.waitForLock()
        #expect(try reader.run("SELECT count(*) AS count FROM attempts").first?.integer("count") == 0)
        try reader.execute(script: "COMMIT")
        var results: [Result<[Rows], PostgresError>]?
        try waitUntil("it has done its part") {
            results = results ?? upkeep.poll()
            return results != nil
        }
        #expect(try results?.first?.get().first.map(maintain.answer) == 2)
    }
}
