import Postgres
import System
import TestSupport
import TestThreads
import Testing

@Suite(.ownThreads) struct PipelineTests {
    private let insert = Statement(name: "insert", sql: "INSERT INTO t VALUES ($1::int) RETURNING x")
    private let divide = Statement(name: "divide", sql: "SELECT 1 / $1::int AS x")
    private let count = Statement(name: "count", sql: "SELECT count(*) AS n FROM t")

    private func connect() throws -> Connection {
        let connection = try TestDatabase.make().connect()
        try connection.execute(script: "CREATE TABLE t (x int PRIMARY KEY)")
        return connection
    }

    /// A connection that has found out that its session is not shared, and keeps prepared statements.
    private func connectForLong() throws -> Connection {
        let connection = try connect()
        for _ in 1...2 { _ = try connection.run("SELECT 1") }
        return connection
    }

    @Test func `a statement is prepared once for each connection that is used for longer than a call or two`() throws {
        let connection = try connect()
        #expect(connection.session == .unknown)
        for number in 1...5 { _ = try connection.run(insert, [.int(number)]) }
        #expect(connection.session == .own)
        let rows = try connection.run("SELECT name, generic_plans + custom_plans AS runs FROM pg_prepared_statements")
        #expect(rows.map { $0.text("name") } == ["insert"])
        #expect(rows[0].integer("runs") == 3)
    }

    @Test func `calls of one transaction are all done or none`() throws {
        let connection = try connect()
        let results = try connection.transaction([Call(insert, [.int(1)]), Call(count)])
        #expect(results[0][0].integer("x") == 1)
        #expect(results[1][0].integer("n") == 1)
        let error = #expect(throws: PostgresError.self) {
            try connection.transaction([Call(insert, [.int(2)]), Call(divide, [.int(0)]), Call(insert, [.int(3)])])
        }
        #expect(error?.sqlState == "22012")
        #expect(error?.statementName == "divide")
        #expect(try connection.run(count)[0].integer("n") == 1)
    }

    @Test func `a group that fails costs the groups around it nothing`() throws {
        let connection = try connect()
        let results = try connection.transactions([
            [Call(insert, [.int(1)])], [Call(insert, [.int(2)]), Call(insert, [.int(1)])], [],
            [Call(insert, [.int(3)])],
        ])
        #expect(results.map { (try? $0.get())?.count } == [1, nil, 0, 1])
        #expect(try connection.run("SELECT array_agg(x ORDER BY x) AS a FROM t")[0].text("a") == "{1,3}")
    }

    @Test func `a transaction that fails at the commit, after all answers, has failed, and only that one`() throws {
        let connection = try connect()
        // A deferred constraint rejects 13 at the end of the transaction. A time-out or a cancellation may fail there
        // too.
        try connection.execute(
            script: """
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE 'at the commit' USING ERRCODE = '57014'; END $$;
                CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
                WHEN (NEW.x = 13) EXECUTE FUNCTION refuse()
                """)
        let error = #expect(throws: PostgresError.self) { try connection.run(insert, [.int(13)]) }
        #expect(error?.sqlState == "57014")
        #expect(error?.kind == .busy)
        let results = try connection.transactions([
            [Call(insert, [.int(1)])], [Call(insert, [.int(2)]), Call(insert, [.int(13)])], [Call(insert, [.int(3)])],
        ])
        #expect(results.map { (try? $0.get())?.count } == [1, nil, 1])
        #expect(try connection.run("SELECT array_agg(x ORDER BY x) AS a FROM t")[0].text("a") == "{1,3}")
    }

    @Test func `a preparation that was aborted with its group is repeated`() throws {
        let connection = try connectForLong()
        #expect(throws: PostgresError.self) {
            try connection.transaction([Call(divide, [.int(0)]), Call(count)])
        }
        #expect(try connection.run(count)[0].integer("n") == 0)
        #expect(try connection.run(divide, [.int(1)])[0].integer("x") == 1)
    }

    @Test func `a first use in a group that fails serves the groups behind it`() throws {
        let connection = try connectForLong()
        let results = try connection.transactions([
            [Call(divide, [.int(0)]), Call(count)], [Call(count)], [Call(divide, [.int(1)])],
        ])
        #expect(results.map { (try? $0.get())?.count } == [nil, 1, 1])
    }

    @Test func `a statement that cannot be prepared fails its own groups with the reason`() throws {
        let connection = try connectForLong()
        let wrong = Statement(name: "wrong", sql: "SELECT * FROM nowhere")
        let results = try connection.transactions([
            [Call(count)], [Call(insert, [.int(1)]), Call(wrong)], [Call(wrong)], [Call(count)],
        ])
        #expect(results.map { (try? $0.get())?.count } == [1, nil, nil, 1])
        for result in results[1...2] {
            let error = #expect(throws: PostgresError.self) { try result.get() }
            #expect(error?.kind == .missingSchema)
        }
        try connection.execute(script: "CREATE TABLE nowhere (x int)")
        #expect(try connection.run(wrong).isEmpty)
    }

    @Test func `much in both directions at once does not block`() throws {
        let connection = try connect()
        let echo = Statement(name: "echo", sql: "SELECT $1::text AS t")
        let text = String(repeating: "x", count: 100_000)
        let results = try connection.transactions((0..<200).map { _ in [Call(echo, [.text(text)])] })
        #expect(results.count == 200)
        for result in results { #expect(try result.get()[0][0].text("t")?.utf8.count == 100_000) }
    }

    @Test func `an event loop starts, waits for the descriptor, and takes the results`() throws {
        let connection = try connect()
        let sleep = Statement(name: "sleep", sql: "SELECT pg_sleep(0.05)")
        try connection.start([[Call(sleep)], [Call(divide, [.int(0)])]])
        #expect(connection.isBusy)
        var results = connection.poll()
        while results == nil {
            _ = try wait(for: connection.interests, atMost: .milliseconds(60_000))
            results = connection.poll()
        }
        #expect(results?.count == 2)
        #expect(!connection.isBusy)
        #expect(connection.poll() == nil)
    }

    @Test func `what the server refuses before the commit is known not to have happened`() throws {
        let connection = try connectForLong()
        let error = #expect(throws: PostgresError.self) { try connection.run(divide, [.int(0)]) }
        #expect(error?.isUndone == true)
        // The session ends within the statement, so neither it nor the later ones have any effect.
        let results = try connection.transactions([
            [Call(insert, [.int(1)])],
            [Call(insert, [.int(2)]), Call("SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(60)")],
            [Call(insert, [.int(3)])],
        ])
        let ends = results.map { result -> Bool? in
            if case .failure(let error) = result { error.isUndone } else { nil }
        }
        #expect(ends == [nil, true, true])
    }

    @Test func `a prepared statement that has disappeared is not prepared again`() throws {
        let connection = try connectForLong()
        #expect(try connection.run(count)[0].integer("n") == 0)
        try connection.execute(script: "DEALLOCATE ALL")
        let error = #expect(throws: PostgresError.self) { try connection.run(count) }
        #expect(error?.isOfAnotherSession == true && error?.isUndone == true)
        #expect(connection.session == .shared)
        for _ in 1...3 { #expect(try connection.run(count)[0].integer("n") == 0) }
        #expect(try connection.run("SELECT FROM pg_prepared_statements").isEmpty)
    }

    @Test func `tables that change under a prepared statement cost one retry`() throws {
        let connection = try connectForLong()
        let all = Statement(name: "all", sql: "SELECT * FROM t")
        _ = try connection.run(all)
        try connection.execute(script: "ALTER TABLE t ADD COLUMN y int")
        let error = #expect(throws: PostgresError.self) { try connection.run(all) }
        #expect(error?.isRetryable == true)
        #expect(try connection.run(all).columnNames == ["x", "y"])
    }
}
