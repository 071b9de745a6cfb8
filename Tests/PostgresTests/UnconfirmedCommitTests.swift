import Postgres
import System
import TestSupport
import TestThreads
import Testing

/// Tests commits whose wait for the synchronous standby is cancelled. PostgreSQL answers them with success and a warning.
@Suite(.ownThreads) struct UnconfirmedCommitTests {
    private let insert = Statement(name: "insert", sql: "INSERT INTO t VALUES ($1::int) RETURNING x")
    private let count = Statement(name: "count", sql: "SELECT count(*) AS n FROM t")

    @Test func `a commit whose wait was cancelled fails its own group, as if the connection had been lost`() throws {
        let primary = try PrimaryWithoutStandby()
        let database = primary.installation.database
        let (connection, watcher) = (try database.connect(applicationName: "waiter"), try database.connect())
        try connection.execute(script: "CREATE TABLE t (x int)")
        try primary.awaitStandby()
        try connection.start([[Call(insert, [.int(1)])], [Call(count)], [Call(insert, [.int(2)])], [Call(count)]])
        try primary.cancelCommit(of: "waiter")
        try waitUntil("the first transaction has ended") { try watcher.run(count)[0].integer("n") == 1 }
        try primary.waitForCommit(of: "waiter")
        try primary.endWaiting()
        var results: [Result<[Rows], PostgresError>]?
        while results == nil {
            _ = try wait(for: connection.interests, atMost: .milliseconds(60_000))
            results = connection.poll()
        }
        #expect(results?.map { (try? $0.get())?.count } == [nil, 1, 1, 1])
        let error = #expect(throws: PostgresError.self) { try results?.first?.get() }
        #expect(error?.kind == .unreachable && error?.isUnconfirmed == true)
        // It is committed on the primary, so that nobody may take it for undone.
        #expect(error?.isUndone == false)
        #expect(try connection.run(count)[0].integer("n") == 2)
    }

    @Test func `a script whose commit was not confirmed fails, and the next one does not`() throws {
        let primary = try PrimaryWithoutStandby()
        let database = primary.installation.database
        let connection = try database.connect(applicationName: "script")
        let canceller = try database.connect()
        try primary.awaitStandby()
        // The script blocks this thread, so the server itself looks for it.
        try canceller.start([
            [
                Call(
                    """
                    DO $$ BEGIN
                        FOR turn IN 1..6000 LOOP
                            PERFORM pg_stat_clear_snapshot(), pg_sleep(0.01);
                            PERFORM pg_cancel_backend(pid) FROM pg_stat_activity
                            WHERE wait_event = 'SyncRep' AND application_name = 'script';
                            EXIT WHEN FOUND;
                        END LOOP;
                    END $$
                    """)
            ]
        ])
        let error = #expect(throws: PostgresError.self) { try connection.execute(script: "CREATE TABLE t (x int)") }
        #expect(error?.isUnconfirmed == true)
        try primary.endWaiting()
        try connection.execute(script: "INSERT INTO t VALUES (1)")
    }
}
