import Glibc
import JSON
import POSIX
import Postgres
import TestSupport
import Testing

/// R7: all or nothing.
struct TransactionTests {
    /// Makes whoever owes something wait in the middle of it for as long as the connection lives that is answered.
    private func holdUp(_ installation: Installation) throws -> Connection {
        let connection = try installation.database.connect()
        try connection.execute(
            script: """
                CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN new; END $$;
                CREATE TRIGGER wait_for_test BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION wait_for_test();
                """)
        _ = try connection.run("SELECT pg_advisory_lock(4711)")
        return connection
    }

    private func waiting(_ function: String, _ connection: Connection) throws -> Int? {
        try connection.run(
            "SELECT pid FROM pg_stat_activity WHERE application_name = \(function) AND datname = current_database() AND wait_event = 'advisory'"
        ).first?.integer("pid")
    }

    private func start(_ function: String, _ input: JSON, _ installation: Installation) throws -> ChildProcess {
        let child = try ChildProcess(
            Programs.path(function), environment: Programs.environment(installation.environment), input: .pipe,
            output: .pipe,
            errorOutput: .null)
        try child.input?.writeAll(input.bytes)
        child.input = nil
        return child
    }

    private func output(_ child: ChildProcess) throws -> JSON {
        var bytes: [UInt8] = []
        while case .bytes(let more)? = try child.output?.read(upTo: 65536) { bytes += more }
        return try JSON(parsing: bytes)
    }

    @Test
    func
        `R7: a recording whose connection is killed in the middle leaves nothing, says unavailable, and can be sent again`()
        throws
    {
        let installation = try Installation.withOffer()
        _ = try installation.createPostback()
        let connection = try holdUp(installation)
        let input = Installation.conversion(["transactionId": "t"])
        let child = try start("recordConversion", input, installation)
        try waitUntil("the recording waits") { try waiting("recordConversion", connection) != nil }
        _ = try connection.run("SELECT pg_terminate_backend(\(try waiting("recordConversion", connection) ?? 0)::int)")
        #expect(try output(child).at("error.code") == "unavailable")
        #expect(try child.wait() == .exited(75))
        for table in ["conversions", "events", "outbox"] { #expect(try installation.count(table) == 0) }
        _ = try connection.run("SELECT pg_advisory_unlock(4711)")
        #expect(try installation.ask("recordConversion", input)["duplicate"] == false)
        for table in ["conversions", "events", "outbox"] { #expect(try installation.count(table) == 1) }
    }

    @Test func `R7: a change whose connection is killed in the middle leaves the old status and owes nothing`() throws {
        let installation = try Installation.withOffer()
        _ = try installation.createPostback(["conversionStatus": "done"])
        try installation.record(["transactionId": "t"])
        let connection = try holdUp(installation)
        let input: JSON = ["offerId": "o", "transactionId": "t", "status": "done"]
        let child = try start("updateConversionStatus", input, installation)
        try waitUntil("the update waits") { try waiting("updateConversionStatus", connection) != nil }
        _ = try connection.run(
            "SELECT pg_terminate_backend(\(try waiting("updateConversionStatus", connection) ?? 0)::int)")
        #expect(try output(child).at("error.code") == "unavailable")
        #expect(try child.wait() == .exited(75))
        #expect(try installation.value("SELECT status || sequence AS value FROM conversions") == "pending1")
        #expect(try installation.count("events") == 1)
        #expect(try installation.count("outbox") == 0)
        _ = try connection.run("SELECT pg_advisory_unlock(4711)")
        #expect(try installation.update(input).fired.count == 1)
    }

    @Test func `R7: a function that is killed in the middle leaves all or nothing`() throws {
        let installation = try Installation.withOffer()
        for _ in 1...3 { _ = try installation.createPostback() }
        let connection = try holdUp(installation)
        let input = Installation.conversion(["transactionId": "t"])
        let child = try start("recordConversion", input, installation)
        try waitUntil("the recording waits") { try waiting("recordConversion", connection) != nil }
        child.terminate(SIGKILL)
        try child.wait()
        _ = try connection.run("SELECT pg_advisory_unlock(4711)")
        try waitUntil("the session ends") {
            try connection.run(
                "SELECT FROM pg_stat_activity WHERE application_name = 'recordConversion' AND datname = current_database()"
            ).isEmpty
        }
        let counts = try ["conversions", "events", "outbox"].map { try installation.count($0) }
        #expect(counts == [0, 0, 0] || counts == [1, 1, 3])
        // Whichever it was, sending it again comes to the same.
        try installation.ask("recordConversion", input)
        #expect(try ["conversions", "events", "outbox"].map { try installation.count($0) } == [1, 1, 3])
    }

    @Test func `R7: a line that the database rejects costs the others of its batch nothing`() throws {
        let installation = try Installation.withOffer()
        _ = try installation.createPostback()
        try installation.database.connect().execute(
            script: "ALTER TABLE conversions ADD CONSTRAINT never CHECK (transaction_id <> 't3')")
        let answers = try installation.ask(
            "recordConversion", all: (0..<8).map { Installation.conversion(["transactionId": .string("t\($0)")]) })
        #expect(answers.indices.filter { answers[$0].at("error.code") == "internal" } == [3])
        for table in ["conversions", "events", "outbox"] { #expect(try installation.count(table) == 7) }
    }
}
