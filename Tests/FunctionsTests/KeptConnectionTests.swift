import JSON
import Postgres
import TestSupport
import TestThreads
import Testing

/// Tests that a warm function keeps its connection, and replaces it when it is not usable any more.
@Suite(.ownThreads) struct KeptConnectionTests {
    private let line =
        #"{"id":ID,"input":{"offerId":"o","affiliateId":"a","transactionId":"ID"}}"#

    private func call(_ id: Int) -> String { line.split(separator: "ID").joined(separator: String(id)) }

    private func alter(_ installation: Installation, _ what: String) throws {
        let connection = try installation.database.connect()
        let name = try #require(try connection.run("SELECT current_database() AS name")[0].text("name"))
        try connection.execute(script: "SET default_transaction_read_only = off")
        try connection.execute(script: "ALTER DATABASE \(name) \(what)")
    }

    /// Ends the sessions of a function.
    private func end(_ function: String, _ installation: Installation) throws -> Int {
        try installation.database.connect().run(
            """
            SELECT count(pg_terminate_backend(pid)) AS count FROM pg_stat_activity
            WHERE application_name = \(function) AND datname = current_database()
            """)[0].integer("count") ?? 0
    }

    @Test func `a server that could only be read for one call is written to by the next`() throws {
        let installation = try Installation.withOffer(goalsEnabled: false)
        try alter(installation, "SET default_transaction_read_only = on")
        let function = try WarmFunction("recordConversion", installation.environment)
        let refused = try function.ask(call(1))
        #expect(refused.at("error.code") == "unavailable", "\(refused.encodedText)")
        try alter(installation, "RESET default_transaction_read_only")
        #expect(try function.ask(call(1)).at("output.duplicate") == false)
    }

    @Test func `a kept connection to a server that can only be read by now is replaced within the call`() throws {
        let installation = try Installation.withOffer(goalsEnabled: false)
        let function = try WarmFunction("recordConversion", installation.environment)
        #expect(try function.ask(call(1)).at("output.duplicate") == false)
        // This imitates an old primary: the kept session is read-only, a new one is writable.
        let owner = try installation.database.connect()
        let session = try #require(
            try owner.run(
                """
                SELECT pid FROM pg_stat_activity
                WHERE application_name = 'recordConversion' AND datname = current_database()
                """)[0].integer("pid"))
        try owner.execute(
            script: """
                CREATE FUNCTION old_primary() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF pg_backend_pid() = \(session) THEN RAISE read_only_sql_transaction; END IF;
                    RETURN NEW;
                END $$;
                CREATE TRIGGER old_primary BEFORE INSERT ON conversions FOR EACH ROW EXECUTE FUNCTION old_primary()
                """)
        #expect(try function.ask(call(2)).at("output.duplicate") == false)
        #expect(try installation.count("conversions") == 2)
    }

    @Test func `a connection that the server ended while it was idle costs no call`() throws {
        let installation = try Installation.withOffer(goalsEnabled: false)
        let function = try WarmFunction("recordConversion", installation.environment)
        for id in 1...5 {
            #expect(try function.ask(call(id)).at("output.duplicate") == false)
            #expect(try end("recordConversion", installation) == 1)
        }
    }

    @Test func `an idle limit of the server costs no call`() throws {
        let installation = try Installation.withOffer(goalsEnabled: false)
        try alter(installation, "SET idle_session_timeout = '50ms'")
        let function = try WarmFunction("recordConversion", installation.environment)
        for id in 1...3 {
            #expect(try function.ask(call(id)).at("output.duplicate") == false)
            try waitUntil("the session ends") { try sessions(installation) == 0 }
        }
    }

    private func sessions(_ installation: Installation) throws -> Int {
        try installation.database.connect().run(
            """
            SELECT count(*) AS count FROM pg_stat_activity
            WHERE application_name = 'recordConversion' AND datname = current_database()
            """)[0].integer("count") ?? 0
    }

    @Test func `a session that is ended in the middle of a statement leaves nothing, and the call is made again`()
        throws
    {
        let installation = try Installation.withOffer(goalsEnabled: false)
        let function = try WarmFunction("recordConversion", installation.environment)
        #expect(try function.ask(call(1)).at("output.duplicate") == false)
        let blocker = try installation.database.connect()
        try blocker.execute(script: "BEGIN; LOCK TABLE events IN SHARE MODE")
        try function.send([call(2)])
        try installation.database.waitForLock(of: "recordConversion")
        #expect(try end("recordConversion", installation) == 1)
        try blocker.execute(script: "COMMIT")
        #expect(try function.answer().at("output.duplicate") == false)
        #expect(try installation.count("conversions") == 2)
        #expect(try installation.count("events") == 2)
    }

    @Test func `what a database or role has for a default changes no meaning`() throws {
        let installation = try Installation.withOffer(goalsEnabled: false)
        for setting in [
            "array_nulls = off", "DateStyle = 'SQL, DMY'", "IntervalStyle = sql_standard", "TimeZone = 'Asia/Kolkata'",
            "extra_float_digits = -15", "bytea_output = escape", "standard_conforming_strings = off",
            "default_transaction_isolation = serializable", "transform_null_equals = on", "client_encoding = LATIN1",
        ] { try alter(installation, "SET \(setting)") }
        let id = try installation.createPostback(["idempotencyKey": "k\\é"])
        let recorded = try installation.record([
            "transactionId": "t\\\"é", "clickId": "NULL", "payout": "1.50", "params": ["sub1": "null"],
            "occurredAt": "2026-02-03T04:05:06.007Z",
        ])
        #expect(recorded.fired == [id])
        #expect(recorded.at("conversion.clickId") == "NULL")
        #expect(recorded.at("conversion.transactionId") == "t\\\"é")
        #expect(recorded.at("conversion.occurredAt") == "2026-02-03T04:05:06.007Z")
        #expect(recorded.at("conversion.goal") == nil)
        let warm = try installation.ask(
            "recordConversion",
            all: (1...20).map { Installation.conversion(["clickId": .string("c\($0)"), "payout": "2"]) })
        #expect(warm.allSatisfy { $0.at("duplicate") == false }, "\(warm)")
        #expect(
            try installation.update(["offerId": "o", "transactionId": "t\\\"é", "status": "done"])["changed"] == true)
    }
}
