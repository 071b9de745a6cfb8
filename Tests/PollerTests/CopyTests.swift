import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests that a copy of a database does not send.
@Suite(.ownThreads) struct CopyTests {
    /// The same tables and rows in another database of the same server.
    private func copy(of installation: Installation) throws -> Installation {
        let name = try #require(try installation.value("SELECT current_database() AS value"))
        let other = try TestDatabase.make()
        let taken = try #require(try other.connect().run("SELECT current_database() AS value")[0].text("value"))
        let server = try TestDatabase(
            connectionString: other.connectionString.replacing("/\(taken)?", with: "/postgres?")
        ).connect()
        try waitUntil("nobody is connected") {
            let sessions = try server.run(
                "SELECT count(*) AS value FROM pg_stat_activity WHERE datname IN (\(name), \(taken))")
            return sessions[0].integer("value") == 0
        }
        _ = try server.run("DROP DATABASE \(identifier: taken)")
        _ = try server.run("CREATE DATABASE \(identifier: taken) TEMPLATE \(identifier: name)")
        return Installation(database: other, environment: installation.environment.filter { $0.key != "DATABASE_URL" })
    }

    @Test(arguments: ["poll", "up"])
    func `its poller refuses, says why, and sends nothing before it is adopted`(command: String) throws {
        let receiver = try RunningReceiver()
        let original = try Installation.sending(to: receiver.url)
        try original.record(["a", "b"])
        let copy = try copy(of: original)
        let environment = copy.environment.merging(["POSTBACKS_FUNCTIONS": Programs.folder]) { $1 }
        let refused = try Programs.run("postbacks", [command], environment: environment)
        #expect(refused.status == .exited(78), "\(refused.errorText)")
        #expect(refused.errorText.contains("postbacks adopt"))
        let doctor = try Programs.run("postbacks", ["doctor"], environment: environment)
        #expect(doctor.status == .exited(1) && doctor.text.contains("postbacks adopt"))
        #expect(receiver.requests.isEmpty)

        #expect(try Programs.run("postbacks", ["adopt"], environment: environment).status == .exited(0))
        try copy.withPoller(command: command) { _ in
            try copy.wait(for: 2, in: "delivered")
            #expect(receiver.requests.count == 2)
            // The original still is the one that sends.
            try original.withPoller { _ in _ = try original.wait(for: 2, in: "delivered") }
        }
    }

    @Test func `a poller that comes to a copy while it runs sends nothing from there, and goes on when it is back`()
        throws
    {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        let poller = try RunningPoller(installation)
        try installation.record(["a"])
        try installation.wait(for: 1, in: "delivered")
        let connection = try installation.database.connect()
        // To the poller it looks like a host name that leads to another server.
        _ = try connection.run("UPDATE installation SET mark = 'another/1'")
        _ = try connection.run(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name LIKE 'postbacks %'
            """)
        try waitUntil("it refuses") { try poller.log.contains("is a copy of the one that sends") }
        try installation.record(["b"])
        #expect(receiver.requests.count == 1)
        #expect(poller.isRunning)
        let environment = installation.environment
        #expect(try Programs.run("postbacks", ["adopt"], environment: environment).status == .exited(0))
        try installation.wait(for: 2, in: "delivered")
        #expect(receiver.requests.count == 2)
    }
}
