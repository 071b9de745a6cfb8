import Postgres
import System
import TestSupport
import TestThreads
import Testing

@Suite(.ownThreads) struct ConnectionTests {
    @Test func `a query's interpolations are bound, not pasted`() throws {
        let connection = try TestDatabase.make().connect()
        let rows = try connection.run(
            "SELECT \("'; DROP TABLE x; --") AS text, \(7)::int AS number, \(true)::bool AS yes")
        #expect(rows.count == 1)
        #expect(rows.columnNames == ["text", "number", "yes"])
        #expect(rows[0].text("text") == "'; DROP TABLE x; --")
        #expect(rows[0].integer("number") == 7)
        #expect(rows[0].bool("yes") == true)
        _ = try connection.run("CREATE TABLE \(identifier: "odd \"name\"") (x int)")
    }

    @Test func `a connection says who it is and speaks UTF-8`() throws {
        let connection = try TestDatabase.make().connect(applicationName: "somebody")
        #expect(try connection.run("SHOW application_name")[0].text(0) == "somebody")
        #expect(try connection.run("SHOW client_encoding")[0].text(0) == "UTF8")
    }

    @Test func `a script that fails leaves nothing open, even when it began a transaction itself`() throws {
        let connection = try TestDatabase.make().connect()
        let error = #expect(throws: PostgresError.self) {
            try connection.execute(script: "BEGIN; CREATE TABLE t (x int); SELECT 1 / 0; COMMIT")
        }
        #expect(error?.sqlState == "22012")
        let rows = try connection.run("SELECT to_regclass('t') AS t")
        #expect(rows[0].text("t") == nil)
    }

    @Test func `notices are collected`() throws {
        let connection = try TestDatabase.make().connect()
        try connection.execute(script: "DO $$ BEGIN RAISE NOTICE 'hello'; END $$")
        #expect(connection.takeNotices() == ["NOTICE: hello"])
        #expect(connection.takeNotices().isEmpty)
    }

    @Test func `notifications arrive`() throws {
        let database = try TestDatabase.make()
        let listener = try database.connect()
        _ = try listener.run("LISTEN news")
        #expect(listener.notifications().isEmpty)
        let speaker = try database.connect()
        _ = try speaker.transactions([
            [Call("SELECT pg_notify('news', 'one')")], [Call("SELECT pg_notify('news', 'two')")],
        ])
        var heard: [Notification] = []
        try waitUntil("the notification") {
            heard += listener.notifications()
            return heard.count == 2
        }
        #expect(heard.map(\.payload) == ["one", "two"])
        #expect(heard[0].channel == "news")
    }

    @Test func `a connection that is ended by the server is lost, and a new one works`() throws {
        let database = try TestDatabase.make()
        let victim = try database.connect()
        let pid = try #require(try victim.run("SELECT pg_backend_pid() AS p")[0].integer("p"))
        _ = try database.connect().run("SELECT pg_terminate_backend(\(pid)::int)")
        try waitUntil("the end") {
            _ = victim.notifications()
            return !victim.isUsable
        }
        for _ in 1...2 {
            let error = #expect(throws: PostgresError.self) { try victim.run("SELECT 1") }
            #expect(error?.kind == .unreachable)
        }
        #expect(throws: PostgresError.self) { try victim.execute(script: "SELECT 1") }
        #expect(try database.connect().run("SELECT 1 AS one")[0].integer("one") == 1)
    }

    @Test func `groups answered before the loss keep their results`() throws {
        let database = try TestDatabase.make()
        let connection = try database.connect()
        let results = try connection.transactions([
            [Call("SELECT 1")], [Call("SELECT pg_terminate_backend(pg_backend_pid())")], [Call("SELECT 2")],
        ])
        #expect(results.map { (try? $0.get())?.count } == [1, nil, nil])
        for result in results[1...] {
            let error = #expect(throws: PostgresError.self) { try result.get() }
            #expect(error?.kind == .unreachable)
        }
        #expect(!connection.isUsable)
    }

    @Test func `an event loop connects without blocking`() throws {
        let connecting = try Connecting(try TestDatabase.make().connectionString)
        var connection = try connecting.poll()
        while connection == nil {
            _ = try wait(for: connecting.interests, atMost: connecting.timeLeft)
            connection = try connecting.poll()
        }
        #expect(try connection?.run("SELECT 1 AS one")[0].integer("one") == 1)
    }
}
