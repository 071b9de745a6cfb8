import Glibc
import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests a database that answers slowly or never.
@Suite(.ownThreads) struct HungDatabaseTests {
    @Test func `the leases of a claim that took too long are released, and each delivery is sent once`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(delay: .milliseconds(1500)))
        let installation = try Installation.sending(to: receiver.url)
        let poller = try RunningPoller(installation, ["POSTBACKS_TIMEOUT": "2", "POSTBACKS_LEASE": "12"])
        let connection = try installation.database.connect()
        try installation.record(["first"])
        try installation.wait(in: "delivered")
        poller.send(SIGSTOP)
        try installation.record(["t"])
        try connection.execute(script: "BEGIN; LOCK TABLE postbacks IN ACCESS EXCLUSIVE MODE")
        poller.send(SIGCONT)
        try installation.database.waitForLock(of: "postbacks poller")
        // This takes nearly the whole lease; on a slow machine the statement runs into its time-out instead.
        _ = try wait(for: [], atMost: .milliseconds(11_500))
        try connection.execute(script: "COMMIT")
        let deliveries = try installation.wait(for: 2, in: "delivered")
        #expect(deliveries.allSatisfy { $0.outcomes == ["delivered"] })
        #expect(receiver.requests.count == 2)
    }

    @Test func `a process of the server that never answers is given up, and another connection does the work`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        let poller = try RunningPoller(installation, ["POSTBACKS_TIMEOUT": "0.5", "POSTBACKS_LEASE": "10.5"])
        let connection = try installation.database.connect()
        try installation.record(["first"])
        try installation.wait(in: "delivered")
        let process = try #require(try session(connection))
        Signals.send(SIGSTOP, to: process)
        defer { Signals.send(SIGCONT, to: process) }
        try installation.record(["t"])
        try installation.wait(for: 2, in: "delivered")
        #expect(try poller.log.contains("the database server does not answer"))
        #expect(try session(connection, beside: process) != nil)
    }

    @Test func `what was answered is not sent again, also if the database does not take the answer within the lease`()
        throws
    {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        let poller = try RunningPoller(installation, ["POSTBACKS_TIMEOUT": "0.5", "POSTBACKS_LEASE": "10.5"])
        try installation.record(["first"])
        try installation.wait(in: "delivered")
        let connection = try installation.database.connect()
        // This imitates a full disk: finished deliveries cannot be stored, but claims, which need no space, work.
        try connection.execute(
            script: """
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                    $$BEGIN RAISE 'No space left on device' USING ERRCODE = '53100'; END$$;
                CREATE TRIGGER refuse BEFORE INSERT ON deliveries FOR EACH ROW EXECUTE FUNCTION refuse()
                """)
        try installation.record(["t"])
        try waitUntil("the lease has run out") {
            try connection.run("SELECT FROM outbox WHERE lease_until < now() - interval '3 seconds'").count == 1
                || receiver.requests.count > 2
        }
        try connection.execute(script: "DROP TRIGGER refuse ON deliveries")
        let deliveries = try installation.wait(for: 2, in: "delivered")
        #expect(deliveries.allSatisfy { $0.outcomes == ["delivered"] })
        #expect(receiver.requests.count == 2)
        #expect(try poller.log.contains("answers cannot be stored"))
    }

    @Test func `while no answer is stored, no more requests start than a poller that is killed may repeat`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        try installation.record((1...1000).map { "t\($0)" })
        let connection = try installation.database.connect()
        try connection.execute(
            script: """
                CREATE FUNCTION hang() RETURNS trigger LANGUAGE plpgsql AS
                    $$BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END$$;
                CREATE TRIGGER hang BEFORE INSERT ON deliveries FOR EACH ROW EXECUTE FUNCTION hang()
                """)
        try installation.withPoller(["POSTBACKS_DESTINATION_CONCURRENCY": "4"]) { _ in
            try waitUntil("some are delivered") { try installation.count("deliveries") > 50 }
            try connection.execute(script: "SELECT pg_advisory_lock(1)")
            try installation.database.waitForLock(of: "postbacks poller")
            // More are claimed, and would start now.
            _ = try wait(for: [], atMost: .seconds(1))
            // Four answers are on their way to the database, and the poller has four others.
            #expect(receiver.requests.count - (try installation.count("deliveries")) <= 8)
            try connection.execute(script: "SELECT pg_advisory_unlock(1)")
            try installation.wait(for: 1000, in: "delivered")
        }
        #expect(receiver.requests.count == 1000)
    }

    @Test func `answers whose rows somebody locks in another order are stored one by one`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(delay: .milliseconds(500)))
        let installation = try Installation.sending(to: receiver.url)
        try installation.withPoller { _ in
            let connection = try installation.database.connect()
            try connection.execute(
                script: """
                    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
                        IF (SELECT count(*) FROM added) > 1 THEN RAISE 'deadlock' USING ERRCODE = '40P01'; END IF;
                        RETURN NULL;
                    END$$;
                    CREATE TRIGGER refuse AFTER INSERT ON deliveries
                        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse()
                    """)
            try installation.record((1...12).map { "t\($0)" })
            try installation.wait(for: 12, in: "delivered")
            #expect(receiver.requests.count == 12)
        }
    }

    @Test func `a postback whose deliveries die in answers that are stored one by one is paused like any other`() throws
    {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [500]))
        let installation = try Installation.sending(to: receiver.url)
        try installation.withPoller(["POSTBACKS_RETRY_SCHEDULE": "0.1"]) { poller in
            let connection = try installation.database.connect()
            try connection.execute(
                script: """
                    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
                        IF current_setting('application_name') = 'postbacks poller' THEN
                            RAISE 'deadlock' USING ERRCODE = '40P01';
                        END IF;
                        RETURN NEW;
                    END$$;
                    CREATE TRIGGER refuse BEFORE INSERT ON deliveries FOR EACH ROW EXECUTE FUNCTION refuse()
                    """)
            try installation.record((1...12).map { "t\($0)" })
            try waitUntil("the postback is paused") {
                try installation.value("SELECT (paused_at IS NOT NULL)::text AS value FROM postbacks") == "true"
            }
        }
    }

    /// The process of the server for the poller, or for its later connection.
    private func session(_ connection: Connection, beside other: CInt = 0) throws -> CInt? {
        try connection.run(
            """
            SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'postbacks poller'
                AND pid <> \(Int(other))
            """
        ).first?.integer("pid").map(CInt.init)
    }
}
