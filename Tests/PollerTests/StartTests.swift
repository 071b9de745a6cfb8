import EmbeddedPostgres
import Glibc
import JSON
import Postgres
import Receiver
import Store
import System
import TestSupport
import TestThreads
import Testing

/// Tests when a poller does not start, and when it waits.
@Suite(.ownThreads) struct StartTests {
    private func poll(_ installation: Installation, _ environment: [String: String] = [:]) throws
        -> ChildProcess.Outcome
    {
        let variables = installation.environment.merging(["POSTBACKS_FUNCTIONS": Programs.folder]) { $1 }
            .merging(environment) { $1 }
        return try Programs.run("postbacks", ["poll"], environment: variables, timeout: .seconds(60))
    }

    private func expectRefusal(
        _ outcome: ChildProcess.Outcome, _ words: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(outcome.status == .exited(78), "\(outcome.errorText)", sourceLocation: sourceLocation)
        #expect(!outcome.errorText.contains("poller started"), sourceLocation: sourceLocation)
        for word in words {
            #expect(outcome.errorText.contains(word), "\(outcome.errorText)", sourceLocation: sourceLocation)
        }
    }

    @Test func `without tables, or on tables of another version, it does not start and names migrate`() throws {
        expectRefusal(
            try poll(Installation(database: try TestDatabase.make(), environment: [:])),
            ["no tables", "postbacks migrate"])
        let installation = try Installation.make()
        let connection = try installation.database.connect()
        _ = try connection.run("INSERT INTO schema_migrations (number, name) VALUES (999, 'of tomorrow')")
        expectRefusal(try poll(installation), ["newer than this program", "postbacks migrate"])
        let migrate = try Programs.run("postbacks", ["migrate"], environment: installation.environment)
        #expect(
            migrate.status == .exited(0) && migrate.errorText.contains("(migration 999) are newer than this program"))
        _ = try connection.run("DELETE FROM schema_migrations WHERE number > 5")
        expectRefusal(try poll(installation), ["older version", "postbacks migrate"])
        let old = try TestDatabase.make()
        try Migrations.run(on: try old.connect(), through: 3) { _ in }
        expectRefusal(try poll(Installation(database: old, environment: [:])), ["older version", "postbacks migrate"])
    }

    @Test func `with a key that is missing, lost, or another one of the same id it does not start`() throws {
        let installation = try Installation.sending(to: "http://127.0.0.1:1")
        try installation.ask("updatePostback", ["postbackId": 1, "basicAuth": ["token": "canary"]])
        let name = "POSTBACKS_ENCRYPTION_KEY"
        expectRefusal(
            try poll(installation, [name: Installation.encryptionKey("test", 8)]),
            ["1 secrets are sealed with the key test", "it is a different key"])
        expectRefusal(
            try poll(installation, [name: Installation.encryptionKey("new", 7)]), ["does not have: put it back"])
        let lost = try poll(installation, [name: ""])
        expectRefusal(lost, ["put it back; a new key opens none of them"])
        #expect(!lost.errorText.contains("openssl"))
        let up = try Programs.run(
            "postbacks", ["up", "--no-gateway"],
            environment: installation.environment.merging([name: Installation.encryptionKey("test", 8)]) { $1 })
        expectRefusal(up, ["it is a different key"])
        let rekey = try Programs.run(
            "postbacks", ["rekey"], environment: installation.environment.merging([name: ""]) { $1 })
        expectRefusal(rekey, ["put it back; a new key opens none of them"])
        #expect(try installation.value("SELECT count(*)::text AS value FROM pollers") == "0")
    }

    @Test func `one bad secret, one whose key is missing and what a deleted postback keeps are no reason not to start`()
        throws
    {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        let old = ["POSTBACKS_ENCRYPTION_KEY": Installation.encryptionKey("old", 3)]
        let secret: JSON = [
            "offerId": "o", "affiliateId": "a", "conversionStatus": "done", "httpType": "GET",
            "url": .string("\(receiver.url)/{transaction_id}"), "basicAuth": ["token": "canary"],
        ]
        for _ in 1...2 { try installation.ask("createPostback", secret) }
        let deleted = try installation.call("createPostback", secret.encodedText, environment: old)
        try installation.ask("deletePostback", ["postbackId": deleted.answer.at("postback.id") ?? 0])
        let lost = ["POSTBACKS_ENCRYPTION_KEY": Installation.encryptionKey("lost", 4)]
        #expect(try installation.call("createPostback", secret.encodedText, environment: lost).code == nil)
        _ = try installation.database.connect().run(
            """
            UPDATE postbacks p SET basic_auth = other.basic_auth
            FROM postbacks other WHERE p.id = 3 AND other.id = 2
            """)
        let poller = try RunningPoller(installation)
        try installation.record(["t"])
        try installation.wait(in: "delivered")
        let log = try poller.log
        #expect(log.contains("1 secrets are sealed with the key lost") && !log.contains("the key old"), "\(log)")
    }

    @Test func `a login without a poller's rights does not start, and hears of the role`() throws {
        let guarded = try GuardedInstallation()
        for installation in [guarded.reader, guarded.recorder, guarded.stranger] {
            expectRefusal(try poll(installation), ["postbacks migrate"])
        }
    }

    @Test
    func `a database that becomes read-only is waited for, in those words, and so is one that was so at the start`()
        throws
    {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        let name = try #require(try installation.value("SELECT current_database()::text AS value"))
        let poller = try RunningPoller(installation)
        try installation.record(["a"])
        try installation.wait(in: "delivered")
        func setReadOnly(_ value: String) throws {
            let connection = try installation.database.connect()
            try connection.execute(script: "SET default_transaction_read_only = off")
            try connection.execute(
                script: """
                    ALTER DATABASE \(name) SET default_transaction_read_only = \(value);
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name LIKE 'postbacks %'
                    """)
        }
        try setReadOnly("on")
        try waitUntil("it says so") { try poller.log.contains("the database is read-only; nothing is sent until") }
        let late = try RunningPoller(installation)
        try waitUntil("the other says so") { try late.log.contains("default_transaction_read_only is on") }
        #expect(!(try late.log.contains("no connection to the database")))
        #expect(poller.isRunning && late.isRunning)
        try setReadOnly("off")
        try installation.record(["b"])
        try installation.wait(for: 2, in: "delivered")
        try waitUntil("both beat") { try installation.count("pollers") == 2 }
    }

    @Test func `on a standby it says so and waits, and sends when that is promoted`() throws {
        let receiver = try RunningReceiver()
        let standby = try Standby { installation in
            try installation.configure()
            try installation.createPostback([
                "url": .string("\(receiver.url)/{transaction_id}"), "basicAuth": ["token": "canary"],
            ])
            try installation.record(["a"])
        }
        defer { standby.server.stopImmediately() }
        try standby.installation.withPoller { poller in
            try waitUntil("it says so") { try poller.log.contains("the server is a standby") }
            #expect(!(try poller.log.contains("no connection to the database")))
            #expect(receiver.requests.isEmpty)
            try standby.promote()
            try standby.installation.wait(in: "delivered")
        }
    }
}
