import EmbeddedPostgres
import Glibc
import POSIX
package import Postgres
import Synchronization

/// A fresh, empty database on the test process's own server. The server starts with the first one and ends with the process.
package struct TestDatabase: Sendable {
    package let connectionString: String

    package static func make() throws -> TestDatabase {
        let number = count.add(1, ordering: .relaxed).newValue
        let name = "test_\(number)"
        return try server.withLock { server throws in
            let running = try server ?? startServer()
            server = running
            // The strategy that copies the template's files needs no WAL, but checkpoints; this one is cheap without fsync.
            _ = try Connection(running.connectionString(database: "postgres"))
                .run("CREATE DATABASE \(identifier: name) STRATEGY wal_log")
            return TestDatabase(connectionString: running.connectionString(database: name))
        }
    }

    package func connect(applicationName: String = "test") throws -> Connection {
        try Connection(connectionString, applicationName: applicationName)
    }

    private static let count = Atomic(0)
    private static let server = Mutex<EmbeddedServer?>(nil)
    private static let folderPrefix = "/tmp/postbacks-tests-"

    private static func startServer() throws -> EmbeddedServer {
        try removeLeftovers()
        let folder = "\(folderPrefix)\(getpid())"
        try FileSystem.makeFolder(folder, mode: 0o711)
        let settings = [
            "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300",
            "max_wal_size": "256MB",
        ]
        // Tests run on threads that come and go.
        let server = EmbeddedServer(home: folder, settings: settings, diesWithParent: false)
        try server.start()
        atexit { TestDatabase.stopServer() }
        return server
    }

    private static func stopServer() {
        server.withLock { server in
            server?.stopImmediately()
            server = nil
        }
        try? FileSystem.removeTree("\(folderPrefix)\(getpid())")
    }

    /// Ends what test processes that were killed left running.
    private static func removeLeftovers() throws {
        for name in FileSystem.names(in: "/tmp") {
            let path = "/tmp/\(name)"
            guard path.hasPrefix(folderPrefix), let process = CInt(path.dropFirst(folderPrefix.count)),
                FileSystem.kind(of: "/proc/\(process)") == nil, FileSystem.ownership(of: path)?.user == geteuid()
            else { continue }
            try EmbeddedServer.stopLeftover(home: path)
            try FileSystem.removeTree(path)
        }
    }
}
