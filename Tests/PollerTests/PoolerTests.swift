import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests that everything works behind PgBouncer in transaction mode, where each transaction may get another session.
@Suite(.ownThreads) struct PoolerTests {
    private func behind(_ pooler: PgBouncer) -> Installation {
        Installation(database: TestDatabase(connectionString: pooler.connectionString), environment: [:])
    }

    @Test func `migrate leaves no lock behind, and may be repeated`() throws {
        let database = try TestDatabase.make()
        let pooler = try PgBouncer(before: database, poolSize: 2)
        for _ in 1...3 {
            let outcome = try Programs.run(
                "postbacks", ["migrate"], environment: ["DATABASE_URL": pooler.connectionString])
            #expect(outcome.status == .exited(0), "\(outcome.errorText)")
            let locks = try database.connect().run(
                """
                SELECT count(*) AS count FROM pg_locks WHERE locktype = 'advisory'
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                """)
            #expect(locks[0].integer("count") == 0)
        }
    }

    @Test func `two migrations at the same time run each step once`() throws {
        let database = try TestDatabase.make()
        let environment = Programs.environment(["DATABASE_URL": database.connectionString])
        let both = try (1...2).map { _ in
            try ChildProcess(
                Programs.path("postbacks"), ["migrate"], environment: environment, output: .null, errorOutput: .null)
        }
        for one in both { #expect(try one.wait() == .exited(0)) }
        #expect(try database.connect().run("SELECT FROM installation").count == 1)
    }

    @Test func `warm functions share two sessions, and every call is done`() throws {
        let direct = try Installation.sending(to: "http://127.0.0.1:1")
        let pooler = try PgBouncer(before: direct.database, poolSize: 2)
        let installation = behind(pooler)
        let warm = try (1...4).map { _ in
            try LineProcess(
                Programs.path("recordConversion"), ["--stream"],
                environment: Programs.environment(installation.environment))
        }
        for round in 1...15 {
            for (number, process) in warm.enumerated() {
                let call: JSON = [
                    "id": 1,
                    "input": ["offerId": "o", "affiliateId": "a", "transactionId": .string("\(round)-\(number)")],
                ]
                try process.write(Array("\(call.encodedText)\n".utf8))
            }
            for process in warm {
                let answer = try JSON(parsing: Array(try process.readLine(seconds: 60).utf8))
                #expect(answer.at("output.duplicate") == false, "\(answer.encodedText)")
            }
        }
        for _ in 1...5 {
            #expect(try installation.ask("listConversions", [:])["conversions"]?.items.count == 60)
        }
        #expect(try direct.count("outbox") == 60)
        // No setting has stayed in a session.
        let left = try TestDatabase(connectionString: pooler.connectionString).connect().run(
            """
            SELECT (SELECT count(*) FROM pg_prepared_statements) AS statements,
                current_setting('default_transaction_isolation') AS isolation
            """)
        #expect(left[0].integer("statements") == 0)
    }

    @Test func `a poller sends without being woken, says once that it wants a direct connection, and leaves nothing`()
        throws
    {
        let receiver = try RunningReceiver()
        let direct = try Installation.sending(to: receiver.url, on: ["pending", "done"])
        let pooler = try PgBouncer(before: direct.database, poolSize: 2)
        let poller = try RunningPoller(behind(pooler))
        try direct.record((1...20).map { "t\($0)" })
        try direct.wait(for: 20, in: "delivered")
        try direct.record((21...40).map { "t\($0)" })
        try direct.wait(for: 40, in: "delivered")
        #expect(receiver.requests.count == 40)
        let notices = try poller.log.split(separator: "\n").filter { $0.contains("give it a direct connection") }
        #expect(notices.count == 1)
        try waitUntil("the upkeep has made its round") {
            try direct.value(
                "SELECT count(*) AS value FROM pg_stat_user_tables WHERE relname = 'outbox' AND vacuum_count > 0")
                == "1"
        }
        #expect(!(try poller.log.contains("upkeep of the database failed")))
        let left = try TestDatabase(connectionString: pooler.connectionString).connect().run(
            "SELECT current_setting('enable_seqscan') AS scan, current_setting('plan_cache_mode') AS plans")
        #expect(left[0].text("scan") == "on" && left[0].text("plans") == "auto")
    }
}
