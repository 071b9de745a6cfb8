import Postgres
import System

/// PgBouncer in transaction mode in front of the test process's server, until the last reference is released. Each
/// transaction may use another one of a few server sessions.
package final class PgBouncer {
    private let folder: TemporaryFolder
    private let child: ChildProcess
    private let database: String

    /// `database` is the database that it connects to. `poolSize` is the number of sessions on the server.
    package init(before database: TestDatabase, poolSize: Int) throws {
        guard
            let program = Executable.find("pgbouncer", searchPath: "/usr/local/sbin:/usr/sbin:/usr/local/bin:/usr/bin")
        else { throw DidNotHappen(description: "a pgbouncer; ./Tests/run installs it") }
        let row = try database.connect().run(
            """
            SELECT current_database() AS name, current_setting('unix_socket_directories') AS socket,
                current_setting('port') AS port
            """)[0]
        self.database = row.text("name") ?? ""
        folder = try TemporaryFolder(mode: 0o777)
        try FileSystem.write(
            """
            [databases]
            * = host=\(row.text("socket") ?? "") port=\(row.text("port") ?? "") user=postbacks
            [pgbouncer]
            pool_mode = transaction
            default_pool_size = \(poolSize)
            max_client_conn = 200
            auth_type = any
            listen_addr =
            listen_port = 6432
            unix_socket_dir = \(folder.path)
            """, to: "\(folder.path)/pgbouncer.ini", mode: 0o644)
        // PgBouncer refuses to run as root, and only the server's user may open the server's socket.
        let user = User.isRoot ? (User.named("postgres") ?? User.named("nobody")).map { ["-u", $0.name] } ?? [] : []
        child = try ChildProcess(
            program, user + ["\(folder.path)/pgbouncer.ini"], environment: Programs.environment(), output: .null,
            errorOutput: .null)
        let here = self.connectionString
        try waitUntil("pgbouncer lets somebody in") {
            (try? TestDatabase(connectionString: here).connect().run("SELECT 1 AS one")) != nil
        }
    }

    deinit {
        child.terminate()
        _ = try? child.wait()
    }

    package var connectionString: String { "host=\(folder.path) port=6432 dbname=\(database) user=postbacks" }
}
