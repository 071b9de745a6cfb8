import EmbeddedPostgres
import Glibc
package import Postgres
import Synchronization

/// A fresh, empty database on the test process's own server. The server starts with the first one and ends with the process.
package struct TestDatabase: Sendable {
    package let connectionString: String

    /// A database on a server of a test's own.
    package init(connectionString: String) { self.connectionString = connectionString }

    package static func make() throws -> TestDatabase {
        let number = count.add(1, ordering: .relaxed).newValue
        let name = "test_\(number)"
        return try running.withLock { running throws in
            if running == nil { running = try startServer() }
            guard let server = running?.server else { throw DidNotHappen(description: "the server") }
            // The strategy that copies the template's files needs no WAL, but checkpoints; this one is cheap without fsync.
            _ = try Connection(server.connectionString(database: "postgres"))
                .run("CREATE DATABASE \(identifier: name) STRATEGY wal_log")
            return TestDatabase(connectionString: server.connectionString(database: name))
        }
    }

    package func connect(applicationName: String = "test") throws -> Connection {
        try Connection(connectionString, applicationName: applicationName)
    }

    private static let count = Atomic(0)
    private static let running = Mutex<(server: EmbeddedServer, folder: TemporaryFolder)?>(nil)

    private static func startServer() throws -> (EmbeddedServer, TemporaryFolder) {
        let folder = try TemporaryFolder()
        let settings = [
            "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300",
            "max_wal_size": "256MB",
        ]
        // Tests run on threads that come and go.
        let server = EmbeddedServer(home: folder.path, settings: settings, diesWithParent: false)
        try server.start()
        atexit { TestDatabase.stopServer() }
        return (server, folder)
    }

    private static func stopServer() {
        running.withLock { running in
            running?.server.stopImmediately()
            running = nil
        }
    }
}
