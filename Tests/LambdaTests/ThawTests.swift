import Glibc
import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

/// Tests that no call fails when the connection to the database was lost between two calls.
@Suite(.ownThreads) struct ThawTests {
    private let conversion: JSON = ["offerId": "o", "affiliateId": "a", "transactionId": "t1"]

    @Test func `a connection that the server has closed costs no call`() throws {
        let installation = try Installation.make()
        try installation.configure()
        let bootstrap = try RunningBootstrap("recordConversion", environment: installation.environment)
        _ = try bootstrap.call(conversion)
        let connection = try installation.database.connect()
        let ended = try connection.run(
            """
            SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'recordConversion'
            """)
        #expect(ended.count == 1)
        #expect(try bootstrap.call(conversion).json["duplicate"] == true)
    }

    @Test func `a connection that the network has dropped silently costs no call`() throws {
        let installation = try Installation.make()
        try installation.configure()
        let relay = try Relay(to: installation.database)
        let bootstrap = try RunningBootstrap(
            "recordConversion",
            environment: installation.environment.merging(["DATABASE_URL": relay.connectionString]) { $1 },
            arguments: ["--fresh-after", "0"])
        #expect(try bootstrap.call(conversion).json["duplicate"] == false)
        try relay.drop()
        // The clock that measures the idle time counts milliseconds.
        _ = try wait(for: [], atMost: .milliseconds(50))
        let report = try bootstrap.call(conversion, time: 20_000)
        #expect(report.json["duplicate"] == true, "\(report.text)")
    }
}

/// `relay.py` before a database.
private final class Relay {
    private let process: LineProcess
    let connectionString: String

    init(to database: TestDatabase) throws {
        let row = try database.connect().run(
            """
            SELECT current_database() AS name, current_setting('unix_socket_directories') AS socket,
                current_setting('port') AS port
            """)[0]
        let socket = "\(row.text("socket") ?? "")/.s.PGSQL.\(row.text("port") ?? "")"
        process = try LineProcess(
            try Python.interpreter(), ["\(FileSystem.parent(of: #filePath))/relay.py", socket],
            environment: Python.environment)
        let port = try process.readLine(seconds: 60)
        connectionString = "postgresql://postbacks@127.0.0.1:\(port)/\(row.text("name") ?? "")"
    }

    /// Drops the connections that exist.
    func drop() throws {
        Signals.send(SIGUSR1, to: process.pid)
        #expect(try process.readLine(seconds: 60) == "deaf")
    }
}
