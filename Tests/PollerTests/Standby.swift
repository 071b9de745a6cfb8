import EmbeddedPostgres
import POSIX
import Postgres
import TestSupport

/// A server that has become a standby: it can be read, and be promoted.
struct Standby {
    let folder: TemporaryFolder
    let server: EmbeddedServer
    let installation: Installation

    /// - Parameter prepare: is done while it can still be written to.
    init(_ prepare: (Installation) throws -> Void = { _ in }) throws {
        folder = try TemporaryFolder(mode: 0o711)
        server = EmbeddedServer(home: folder.path, settings: ["fsync": "off"], diesWithParent: false)
        try server.start()
        installation = try Installation.make(on: TestDatabase(connectionString: server.connectionString))
        try prepare(installation)
        server.stop()
        try FileSystem.write("", to: "\(EmbeddedServer.cluster(home: folder.path) ?? "")/standby.signal")
        try server.start()
    }

    func promote() throws { _ = try installation.database.connect().run("SELECT pg_promote()") }
}
