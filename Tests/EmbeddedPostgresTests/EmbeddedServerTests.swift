import EmbeddedPostgres
import Foundation
import Glibc
import Postgres
import Synchronization
import System
import TestSupport
import TestThreads
import Testing

@Suite(.ownThreads) struct EmbeddedServerTests {
    private let folder: TemporaryFolder
    private var home: String { "\(folder.path)/home" }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func server(home: String? = nil, fsync: String = "off") -> EmbeddedServer {
        EmbeddedServer(home: home ?? self.home, settings: ["fsync": fsync], diesWithParent: false)
    }

    private func write(_ server: EmbeddedServer) throws {
        try Connection(server.connectionString).execute(
            script: "CREATE TABLE kept (x int); INSERT INTO kept VALUES (5)")
    }

    private func kept(_ server: EmbeddedServer) throws -> Int? {
        try Connection(server.connectionString).run("SELECT x FROM kept")[0].integer("x")
    }

    @Test func `a server is made, reached by the home folder alone, stopped, and started again with its data`() throws {
        let server = server(fsync: "on")
        #expect(EmbeddedServer.connectionString(home: home) == nil)
        var steps = 0
        try server.start { _ in steps += 1 }
        #expect(steps == 2)
        let found = try #require(EmbeddedServer.connectionString(home: home))
        #expect(found == server.connectionString)
        try write(server)
        try server.start()
        server.stop()
        #expect(!server.isRunning)
        #expect(server.processID == nil)
        #expect(EmbeddedServer.connectionString(home: home) == nil)
        #expect(FileSystem.kind(of: "\(home)/socket", followingLinks: false) == nil)
        try server.start()
        #expect(try kept(server) == 5)
    }

    @Test func `text is UTF-8, and nobody else reaches the socket`() throws {
        let server = server()
        try server.start()
        let connection = try Connection(server.connectionString)
        #expect(try connection.run("SHOW server_encoding")[0].text(0) == "UTF8")
        #expect(try connection.run("SHOW listen_addresses")[0].text(0) == "")
        #expect(FileSystem.ownership(of: "\(home)/socket")?.mode == 0o700)
    }

    @Test(arguments: ["killed", "stopped immediately"])
    func `what was committed survives a crash`(how: String) throws {
        let server = server()
        try server.start()
        try write(server)
        let connection = try Connection(server.connectionString)
        if how == "killed" {
            Signals.send(SIGKILL, to: try #require(server.processID))
            try waitUntil("the end") { !server.isRunning }
            #expect(server.exitStatus == .signaled(SIGKILL))
        } else {
            server.stopImmediately()
        }
        let error = #expect(throws: PostgresError.self) { try connection.run("SELECT 1") }
        #expect(error?.kind == .unreachable)
        try server.start()
        #expect(try kept(server) == 5)
    }

    @Test func `a second start on one home fails and disturbs nothing`() throws {
        let first = server()
        try first.start()
        let second = server()
        #expect(throws: EmbeddedServerError.homeInUse(FileSystem.resolve(home) ?? "")) { try second.start() }
        try write(first)
        first.stop()
        try second.start()
        #expect(try kept(second) == 5)
    }

    @Test func `a server that was left running is stopped cleanly first`() throws {
        let server = server()
        try server.start()
        try write(server)
        let running = try #require(server.processID)
        let arguments = try FileSystem.read("/proc/\(running)/cmdline").split(separator: 0).map {
            String(decoding: $0, as: UTF8.self)
        }
        server.stop()
        // This imitates a server whose parent process died.
        let program = User.isRoot ? "/usr/bin/setpriv" : arguments[0]
        let user = try #require(User.isRoot ? User.named("postgres") ?? User.named("nobody") : User.current)
        let change = User.isRoot ? ["--reuid=\(user.id)", "--regid=\(user.group)", "--clear-groups", arguments[0]] : []
        try FileSystem.makeFolder("\(home)/socket", mode: 0o700)
        try FileSystem.setOwner(user: user.id, group: user.group, of: "\(home)/socket")
        let left = try ChildProcess(
            program, change + arguments.dropFirst(), directory: "/", output: .null, errorOutput: .null)
        try waitUntil("the server that is left") { EmbeddedServer.connectionString(home: home) != nil }
        try server.start()
        #expect(try left.wait() == .exited(0))
        #expect(try kept(server) == 5)
    }

    @Test func `a home with a long path has its socket elsewhere`() throws {
        let home = "\(folder.path)/\(String(repeating: "long/", count: 30))home"
        let server = server(home: home)
        try server.start()
        #expect(EmbeddedServer.connectionString(home: home) == server.connectionString)
        try write(server)
        let socket = try #require(FileSystem.resolve("\(home)/socket"))
        #expect(socket.utf8.count < 90)
        #expect(FileSystem.ownership(of: socket)?.mode == 0o700)
        server.stop()
        #expect(FileSystem.kind(of: socket) == nil)
    }

    @Test(.enabled(if: User.isRoot))
    func `root's closed home has its cluster in a place that the server's user can reach`() throws {
        let closed = try TemporaryFolder(mode: 0o700)
        let home = "\(closed.path)/home"
        let server = server(home: home)
        try server.start()
        try write(server)
        let cluster = try #require(FileSystem.resolve("\(home)/postgres"))
        defer {
            try? FileSystem.removeTree(FileSystem.parent(of: cluster))
            // This holds only if it contains no cluster of another home folder.
            try? FileSystem.remove("/var/lib/postbacks")
        }
        #expect(cluster.hasPrefix("/var/lib/postbacks/"))
        #expect(FileSystem.ownership(of: cluster)?.user != 0)
        server.stop()
        try server.start()
        #expect(try kept(server) == 5)
        server.stop()
    }

    @Test func `a server that does not answer is given up in time`() throws {
        let server = server()
        try server.start()
        let process = try #require(server.processID)
        Signals.send(SIGSTOP, to: process)
        defer { Signals.send(SIGCONT, to: process) }
        let error = #expect(throws: PostgresError.self) {
            try Connection(server.connectionString + "&connect_timeout=2")
        }
        #expect(error?.kind == .unreachable)
        // If there are several hosts, it is skipped.
        let other = self.server(home: "\(folder.path)/other")
        try other.start()
        let both = "host=\(home)/socket,\(folder.path)/other/socket user=postbacks dbname=postgres connect_timeout=2"
        #expect(try Connection(both).run("SELECT 1 AS one")[0].integer("one") == 1)
    }

    @Test func `of several hosts the one that can be written to is taken, unless the string says otherwise`() throws {
        let standby = EmbeddedServer(
            home: home, settings: ["fsync": "off", "default_transaction_read_only": "on"], diesWithParent: false)
        // Its database is created while it is writable.
        let maker = server()
        try maker.start()
        maker.stop()
        try standby.start()
        let primary = self.server(home: "\(folder.path)/primary")
        try primary.start()
        try write(primary)
        let both = "host=\(home)/socket,\(folder.path)/primary/socket user=postbacks dbname=postbacks"
        #expect(try Connection(both).run("SELECT x FROM kept")[0].integer("x") == 5)
        #expect(
            try Connection("\(both) target_session_attrs=any").run("SHOW transaction_read_only")[0].text(0) == "on")
        primary.stop()
        let error = #expect(throws: PostgresError.self) { try Connection(both) }
        #expect(error?.kind == .unreachable)
    }

    @Test func `a server ends with the thread that started it, such as a process that was killed`() throws {
        let home = home
        let thread = Thread {
            Self.keptAlive.withLock { server in
                let started = EmbeddedServer(home: home, settings: ["fsync": "off"])
                try? started.start()
                server = started
            }
        }
        thread.start()
        try waitUntil("the thread's end") { thread.isFinished }
        try waitUntil("the server's end") { EmbeddedServer.connectionString(home: home) == nil }
        var exitStatus: ChildProcess.ExitStatus?
        try Self.keptAlive.withLock { server in
            try waitUntil("the server's exit") { server?.isRunning != true }
            exitStatus = server?.exitStatus
            server = nil
        }
        #expect(exitStatus == .exited(0))
    }

    private static let keptAlive = Mutex<EmbeddedServer?>(nil)

    @Test func `a setting that the server refuses is in the error`() throws {
        let server = EmbeddedServer(
            home: home, settings: ["fsync": "off", "no_such_setting": "1"], diesWithParent: false)
        let error = #expect(throws: EmbeddedServerError.self) { try server.start() }
        #expect(error?.description.contains("no_such_setting") == true)
        try self.server().start()
    }
}
