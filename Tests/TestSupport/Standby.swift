package import EmbeddedPostgres
import Postgres
import System

/// A server that was turned into a standby: it is read-only, and can be promoted.
package struct Standby {
    package let folder: TemporaryFolder
    package let server: EmbeddedServer
    package let installation: Installation

    /// `prepare` runs while the server can still be written to.
    package init(_ prepare: (Installation) throws -> Void = { _ in }) throws {
        folder = try TemporaryFolder(mode: 0o711)
        server = EmbeddedServer(home: folder.path, settings: ["fsync": "off"], diesWithParent: false)
        try server.start()
        installation = try Installation.make(on: TestDatabase(connectionString: server.connectionString))
        try prepare(installation)
        server.stop()
        try FileSystem.write("", to: "\(EmbeddedServer.cluster(home: folder.path) ?? "")/standby.signal")
        try server.start()
    }

    package func promote() throws { _ = try installation.database.connect().run("SELECT pg_promote()") }
}
