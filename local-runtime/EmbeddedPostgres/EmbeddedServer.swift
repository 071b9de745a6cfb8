import Glibc
import Postgres
package import System
import Text

/// PostgreSQL as part of this program: made, started and stopped by it, reachable only through a socket in a folder
/// that only the server's user and root may enter. See ``HomeFolder`` for the places of its files.
///
/// If the process dies without stopping the server, the server stops too (`diesWithParent`). If one is left running
/// nevertheless, the next start stops it cleanly first. After a crash PostgreSQL recovers by itself.
package final class EmbeddedServer {
    private var home: HomeFolder
    private let settings: [String: String]
    private let diesWithParent: Bool
    private var lock: Descriptor?
    private var child: ChildProcess?

    /// - Parameters:
    ///   - home: the home folder, which need not exist.
    ///   - settings: settings of the server that are added to the usual ones or replace them.
    ///   - diesWithParent: whether the server stops when the *thread* that called `start` ends. It is meant for threads
    ///     that last.
    package init(home: String, settings: [String: String] = [:], diesWithParent: Bool = true) {
        self.home = HomeFolder(home)
        self.settings = settings
        self.diesWithParent = diesWithParent
    }

    deinit {
        stop()
    }

    /// The connection string while a server runs in this home folder, whichever process has started it; else nil.
    package static func connectionString(home: String) -> String? {
        let home = HomeFolder(home)
        guard let cluster = home.cluster, RunningServer(cluster: cluster)?.isReady == true else { return nil }
        return home.socket.map { uri(socket: $0, database: database) }
    }

    /// The folder of a home's cluster; nil if none was made.
    package static func cluster(home: String) -> String? { HomeFolder(home).cluster }

    /// The process id of the server; nil if it does not run.
    package var processID: Int32? { isRunning ? child?.pid : nil }

    /// Whether the server that was started here still runs.
    package var isRunning: Bool { exitStatus == nil && child != nil }

    /// How the server that was started here ended, if it has.
    package var exitStatus: ChildProcess.ExitStatus? { try? child?.poll() }

    /// The URI of the database `postbacks` for libpq, once the server was started.
    package var connectionString: String { connectionString(database: Self.database) }

    package func connectionString(database: String) -> String {
        Self.uri(socket: home.socket ?? "\(home.path)/socket", database: database)
    }

    /// Makes what is missing and starts the server. Does nothing while it runs; starts it again if it has ended.
    /// - Parameters:
    ///   - interruption: once it is readable, the start is given up and the server is stopped.
    ///   - progress: is called before each step that takes a while, with a few words about it.
    /// - Throws: `interrupted`, among others.
    package func start(
        unless interruption: Descriptor? = nil, progress: (String) -> Void = { _ in }
    ) throws(EmbeddedServerError) {
        if isRunning { return }
        child = nil
        home = try HomeFolder.make(home.path)
        try takeLock()
        do {
            try startLocked(interruption, progress)
        } catch {
            // Ctrl-C also reaches the server's programs, which then fail.
            guard isInterrupted(interruption) else {
                stop(by: [SIGQUIT, SIGKILL])
                throw error
            }
            stop()
            throw .interrupted
        }
    }

    /// Ends all sessions, writes everything to disk, and waits for the end.
    package func stop() { stop(by: [SIGINT, SIGQUIT, SIGKILL]) }

    /// Stops as if the machine had crashed: the next start recovers.
    package func stopImmediately() { stop(by: [SIGQUIT, SIGKILL]) }

    private func takeLock() throws(EmbeddedServerError) {
        guard lock == nil else { return }
        let file = try system { () throws(SystemError) in
            try Descriptor.open(home.lock, O_RDWR | O_CREAT, mode: 0o600)
        }
        guard try system({ () throws(SystemError) in try file.lock() }) else { throw .homeInUse(home.path) }
        lock = file
    }

    private func startLocked(
        _ interruption: Descriptor?, _ progress: (String) -> Void
    ) throws(EmbeddedServerError) {
        let account = try ServerAccount()
        let cluster = try home.prepareCluster(for: account)
        let programs = try ServerPrograms.find(clusterVersion: home.clusterVersion)
        if home.clusterVersion == nil {
            progress("making a PostgreSQL \(programs.version) cluster in \(cluster)")
            try Cluster(path: cluster, programs: programs, account: account).make(syncs: settings["fsync"] != "off")
        }
        if let left = RunningServer(cluster: cluster) {
            progress("stopping the server that an earlier process left running")
            try left.stop()
        }
        // Without a server the file is stale. PostgreSQL would believe it if another process had its number.
        try system { () throws(SystemError) in
            try FileSystem.remove("\(cluster)/postmaster.pid")
        }
        try checkInterruption(interruption)
        progress("starting PostgreSQL \(programs.version)")
        let socket = try home.prepareSocket(for: account)
        try launch(programs, account, cluster: cluster, socket: socket, unless: interruption)
        try createDatabase()
    }

    private func isInterrupted(_ interruption: Descriptor?) -> Bool {
        guard let interruption else { return false }
        return (try? wait(for: [.read(interruption)], atMost: .zero)) == [true]
    }

    /// Waits, unless interrupted.
    /// - Throws: `interrupted` if the interruption comes within this time.
    private func checkInterruption(
        _ interruption: Descriptor?, within limit: Duration = .zero
    ) throws(EmbeddedServerError) {
        guard let interruption else { return pause(for: limit) }
        let ready = try system { () throws(SystemError) in
            try wait(for: [.read(interruption)], atMost: limit)
        }
        if ready[0] { throw .interrupted }
    }

    private func launch(
        _ programs: ServerPrograms, _ account: ServerAccount, cluster: String, socket: String,
        unless interruption: Descriptor?
    ) throws(EmbeddedServerError) {
        let options = Self.settings.merging(settings) { $1 }.merging(["unix_socket_directories": socket]) { $1 }
        let arguments = options.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
        let (program, all) = account.command(
            programs.postgres, ["-D", cluster] + arguments, diesWithParent: diesWithParent)
        // The children of a killed server need a moment to notice its end; no other server starts before that.
        for attempt in 1... {
            let child = try system { () throws(SystemError) in
                try FileSystem.rename(home.log, to: "\(home.log).old")
                let log = try Descriptor.open(home.log, O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
                return try ChildProcess(
                    program, all, environment: Self.environment, directory: "/", output: .descriptor(log),
                    errorOutput: .descriptor(log), ownGroup: true)
            }
            self.child = child
            if try isReady(child, unless: interruption) { return }
            let said = logTail()
            guard said.contains("shared memory block"), attempt < 300 else { throw .didNotStart(said) }
            try checkInterruption(interruption, within: .milliseconds(200))
        }
    }

    /// Waits until the server accepts connections; false if it ends instead.
    private func isReady(
        _ child: ChildProcess, unless interruption: Descriptor?
    ) throws(EmbeddedServerError) -> Bool {
        let deadline = Instant.now + .seconds(600)
        while try system({ () throws(SystemError) in try child.poll() }) == nil {
            do {
                _ = try Connection(connectionString(database: "postgres"))
                return true
            } catch {
                // Recovery after a crash can take minutes.
                guard Instant.now < deadline else { throw .didNotStart(error.description) }
            }
            try checkInterruption(interruption, within: .milliseconds(20))
        }
        return false
    }

    private func createDatabase() throws(EmbeddedServerError) {
        do {
            let connection = try Connection(connectionString(database: "postgres"))
            if try !connection.run(FindDatabase(name: Self.database)) {
                _ = try connection.run("CREATE DATABASE \(identifier: Self.database)")
            }
        } catch {
            throw .didNotStart(error.description)
        }
    }

    private func logTail() -> String {
        let bytes = (try? FileSystem.read(home.log)) ?? []
        return String(decoding: bytes.suffix(2000), as: UTF8.self)
    }

    /// Sends one signal after the other until the server ends, and releases the lock and the socket.
    private func stop(by signals: [CInt]) {
        if let child {
            for signal in signals where isRunning {
                child.terminate(signal)
                for _ in 0..<1200 where isRunning { pause(for: .milliseconds(50)) }
            }
            self.child = nil
            home.removeSocket()
        }
        try? lock?.unlock()
        lock = nil
    }
}

extension EmbeddedServer {
    static let database = "postbacks"

    /// The server's settings, for one program on a small machine without connections from outside.
    static let settings = [
        "listen_addresses": "",
        "port": "5432",
        "unix_socket_permissions": "0700",
        "cluster_name": "postbacks",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "max_connections": "100",
        "shared_buffers": "128MB",
        "jit": "off",
        "max_parallel_workers_per_gather": "0",
        "max_wal_senders": "0",
    ]

    /// This process's variables without those that PostgreSQL would heed.
    static var environment: [String: String] {
        ProcessEnvironment.all.filter { !$0.key.hasPrefix("PG") && !$0.key.hasPrefix("LC_") && $0.key != "LANG" }
    }

    static func uri(socket: String, database: String) -> String {
        "postgresql://postbacks@/\(PercentEncoding.component(database))?host=\(PercentEncoding.component(socket))&port=5432"
    }
}
