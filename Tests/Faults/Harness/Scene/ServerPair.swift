import EmbeddedPostgres
import Glibc
import Postgres
import System
import TestSupport

/// Two PostgreSQL servers, of which one follows the other by streaming replication. Each commit waits until the standby
/// has it on its disk.
final class ServerPair {
    /// Both servers, for libpq, in an order that stays the same. libpq takes the one that accepts writes.
    let connectionString: String
    private var primary: Server
    private var standby: Server

    private struct Server {
        let server: EmbeddedServer
        let home: String
    }

    /// `primary` runs, with settings that allow replication.
    init(_ primary: EmbeddedServer, home: String, standbyHome: String, settings: [String: String]) throws {
        self.primary = Server(server: primary, home: home)
        standby = Server(server: EmbeddedServer(home: standbyHome, settings: settings), home: standbyHome)
        try ServerPair.follow(self.primary, by: standby)
        let sockets = try [self.primary, standby].map { try ServerPair.socket(of: $0.server) }
        connectionString =
            "host=\(sockets.joined(separator: ",")) port=5432,5432 user=postbacks dbname=postbacks connect_timeout=2"
    }

    func close() {
        standby.server.stopImmediately()
        primary.server.stopImmediately()
    }

    /// Connects to the server that accepts writes, wherever other connections lead.
    func connect() throws -> Connection {
        try Connection(primary.server.connectionString, applicationName: "faults")
    }

    // MARK: Failover

    /// Kills the primary as a power failure would, and promotes the standby, as a cluster manager does.
    func failOver() throws {
        let old = primary.server
        if let process = old.processID { Signals.send(SIGKILL, to: process) }
        try waitUntil("the primary is gone") { !old.isRunning }
        swap(&primary, &standby)
        guard try connect().run("SELECT pg_promote(true, 60) AS done")[0].bool("done") == true else {
            throw DidNotHappen(description: "the standby is promoted")
        }
    }

    /// Starts the old primary with its old data, as after a restart of its machine. Its commits still wait for a
    /// standby that it does not have any more. Returns its connection string.
    func startOldPrimary() throws -> String {
        try standby.server.start()
        return standby.server.connectionString
    }

    /// Makes the old primary a standby of the new one.
    func rejoin() throws {
        standby.server.stopImmediately()
        try ServerPair.follow(primary, by: standby)
    }

    // MARK: Replication

    /// Copies the primary and starts the copy as its standby; from then on commits wait for it.
    private static func follow(_ primary: Server, by standby: Server) throws {
        let cluster = EmbeddedServer.cluster(home: standby.home) ?? "\(standby.home)/postgres"
        try FileSystem.removeTree(cluster)
        try FileSystem.makeFolder(standby.home, mode: 0o711)
        try FileSystem.makeFolder(cluster, mode: 0o700)
        let connection = try Connection(primary.server.connectionString, applicationName: "faults")
        let folder = try connection.run("SELECT setting FROM pg_config WHERE name = 'BINDIR'")[0].text("setting") ?? ""
        let arguments = [
            "-D", cluster, "-d", "host=\(try socket(of: primary.server)) port=5432 user=postbacks", "-R", "-X",
            "stream",
            "-c", "fast", "--no-sync",
        ]
        let command = try asServerUser("\(folder)/pg_basebackup", arguments, owning: cluster)
        let outcome = try ChildProcess.run(
            command[0], Array(command.dropFirst()), environment: Programs.environment(), directory: "/")
        guard outcome.status == .exited(0) else {
            throw DidNotHappen(description: "pg_basebackup copies the primary, but \(outcome.errorText)")
        }
        try standby.server.start()
        try connection.execute(script: "ALTER SYSTEM SET synchronous_standby_names = '*'")
        try connection.execute(script: "SELECT pg_reload_conf()")
        try waitUntil("commits wait for the standby") {
            try connection.run("SELECT sync_state FROM pg_stat_replication").map { $0.text("sync_state") } == ["sync"]
        }
    }

    /// The command line of a program that runs as the user of the servers, to whom the folder is given.
    private static func asServerUser(
        _ program: String, _ arguments: [String], owning folder: String
    ) throws -> [String] {
        guard User.isRoot, let user = User.named("postgres") ?? User.named("nobody"),
            let setpriv = Executable.find("setpriv", searchPath: "/usr/local/bin:/usr/bin:/bin")
        else { return [program] + arguments }
        try FileSystem.setOwner(user: user.id, group: user.group, of: folder)
        let options = ["--reuid=\(user.id)", "--regid=\(user.group)", "--init-groups"]
        return [setpriv] + options + ["--", program] + arguments
    }

    private static func socket(of server: EmbeddedServer) throws -> String {
        try Connection(server.connectionString).run(
            "SELECT current_setting('unix_socket_directories') AS folder")[0].text("folder") ?? ""
    }
}
