import EmbeddedPostgres
import Glibc
import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests how `poll`, `up` and `receive` end.
@Suite(.ownThreads) struct EndTests {
    @Test(arguments: [SIGHUP, SIGQUIT, SIGINT])
    func `each signal that ends a program ends a poller in good order`(signal: CInt) throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(delay: .milliseconds(500)))
        let installation = try Installation.sending(to: receiver.url)
        for command in ["poll", "up"] {
            let before = try installation.deliveries().count
            let poller = try RunningPoller(installation, command: command)
            try installation.record(["\(command)"])
            try waitUntil("a request") { receiver.requests.count > before }
            poller.send(signal)
            #expect(try poller.waitForEnd() == .exited(0))
            #expect(try installation.deliveries().allSatisfy { $0["state"] == "delivered" })
            #expect(try poller.log.contains("poller stopped"))
        }
    }

    @Test(arguments: [SIGHUP, SIGQUIT])
    func `a receiver ends by them too`(signal: CInt) throws {
        let folder = try TemporaryFolder()
        let output = try Descriptor.open("\(folder.path)/out", O_WRONLY | O_CREAT, mode: 0o600)
        let receiver = try ChildProcess(
            Programs.path("postbacks"), ["receive"], environment: Programs.environment(), output: .descriptor(output),
            errorOutput: .null)
        try waitUntil("it listens") {
            String(decoding: try FileSystem.read("\(folder.path)/out"), as: UTF8.self).contains("listening")
        }
        receiver.terminate(signal)
        #expect(try receiver.wait() == .exited(0))
    }

    @Test func `under nohup the end of the terminal ends nothing`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        let poller = try RunningPoller(installation, shell: "trap '' HUP")
        try waitUntil("it runs") { try poller.log.contains("poller started") }
        poller.send(SIGHUP)
        try installation.record(["t"])
        try installation.wait(in: "delivered")
        #expect(poller.isRunning)
        poller.send(SIGTERM)
        #expect(try poller.waitForEnd() == .exited(0))
    }

    @Test func `one that is stopped while the database is away says what stays unstored`() throws {
        let folder = try TemporaryFolder()
        let server = EmbeddedServer(home: folder.path, settings: ["fsync": "off"], diesWithParent: false)
        defer { server.stopImmediately() }
        try server.start()
        let receiver = try RunningReceiver(ReceiverBehaviour(delay: .milliseconds(4000)))
        let database = TestDatabase(connectionString: server.connectionString)
        let installation = try Installation.sending(to: receiver.url, database: database)
        let poller = try RunningPoller(installation, ["POSTBACKS_TIMEOUT": "10", "POSTBACKS_LEASE": "20"])
        try installation.record(["a"])
        try waitUntil("a request") { receiver.requests.count == 1 }
        server.stopImmediately()
        poller.send(SIGTERM)
        #expect(try poller.waitForEnd() == .exited(0))
        let log = try poller.log
        #expect(log.contains("stopping without a database"), "\(log)")
        let last = try #require(log.split(separator: "\n").last { $0.contains("poller stopped") })
        #expect(last.contains(#""unstored":"1""#) && last.contains(#""unanswered":"0""#), "\(log)")
        #expect(last.contains("sent again when their leases have run out"))
    }
}
