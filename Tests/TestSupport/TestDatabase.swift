import EmbeddedPostgres
import Glibc
package import Postgres
import Store
import Synchronization
import System

/// A fresh database on the test process's own server. The server starts with the first database and ends with the
/// process.
package struct TestDatabase: Sendable {
    package let connectionString: String

    /// Refers to a database on another server, such as one that a test has started.
    package init(connectionString: String) { self.connectionString = connectionString }

    /// Makes an empty database.
    package static func make() throws -> TestDatabase {
        try running.withLock { running throws in
            try make(nextName(), from: "template1", on: try server(&running))
        }
    }

    /// Makes a database with the tables of the newest version. It copies a migrated database, which takes a fifth of
    /// the time of a migration.
    package static func withTables() throws -> TestDatabase {
        let database = try running.withLock { running throws in
            let server = try server(&running)
            if running?.hasTables == false {
                try makeTables(on: server)
                running?.hasTables = true
            }
            return try make(nextName(), from: tables, on: server)
        }
        // The copy counts as a new installation.
        _ = try database.connect().run("UPDATE installation SET mark = database_mark(), marked_at = now()")
        return database
    }

    package func connect(applicationName: String = "test") throws -> Connection {
        try Connection(connectionString, applicationName: applicationName)
    }

    private static let count = Atomic(0)
    private static let running = Mutex<Running?>(nil)
    /// The database with empty tables that is copied. Nobody connects to it once it has them.
    private static let tables = "tables"

    private struct Running {
        let server: EmbeddedServer
        let folder: TemporaryFolder
        var hasTables = false
    }

    private static func nextName() -> String { "test_\(count.add(1, ordering: .relaxed).newValue)" }

    private static func server(_ running: inout Running?) throws -> EmbeddedServer {
        if let running { return running.server }
        let started = try startServer()
        running = started
        return started.server
    }

    private static func make(_ name: String, from template: String, on server: EmbeddedServer) throws -> TestDatabase {
        // The strategy `file_copy` writes no WAL but needs checkpoints; `wal_log` is cheap without fsync.
        _ = try Connection(server.connectionString(database: "postgres"))
            .run("CREATE DATABASE \(identifier: name) TEMPLATE \(identifier: template) STRATEGY wal_log")
        return TestDatabase(connectionString: server.connectionString(database: name))
    }

    private static func makeTables(on server: EmbeddedServer) throws {
        let database = try make(tables, from: "template1", on: server)
        try Migrations.run(on: try database.connect()) { _ in }
        // A session ends some time after its connection, and a database with sessions cannot be copied.
        let watcher = try Connection(server.connectionString(database: "postgres"))
        try waitUntil("the end of the session that has made the tables") {
            try watcher.run("SELECT FROM pg_stat_activity WHERE datname = \(tables)").isEmpty
        }
    }

    private static func startServer() throws -> Running {
        // A complete run needs about 400 databases.
        let folder = try TemporaryFolder(inMemory: 6 << 30)
        let settings = [
            "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300",
            "max_wal_size": "256MB",
            // With hundreds of databases, autovacuum would start a process ten times a second and change the numbers
            // that tests read.
            "autovacuum": "off",
        ]
        // Tests run on short-lived threads, and the server must not die with the thread that started it.
        let server = EmbeddedServer(home: folder.path, settings: settings, diesWithParent: false)
        try server.start()
        atexit { TestDatabase.stopServer() }
        return Running(server: server, folder: folder)
    }

    private static func stopServer() {
        running.withLock { running in
            guard let running else { return }
            running.server.stopImmediately()
            // Hundreds of databases have a hundred thousand files. On disks that are informed of each removal, removing
            // them takes minutes, so nobody waits for it.
            _ = try? ChildProcess(
                "/bin/rm", ["-rf", running.folder.path], output: .null, errorOutput: .null, ownGroup: true)
        }
    }
}
