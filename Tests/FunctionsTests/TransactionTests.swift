import Glibc
import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

/// Tests R7: a call is stored completely or not at all.
@Suite(.ownThreads) struct TransactionTests {
    @Test
    func
        `R7: a recording whose connection is killed in the middle leaves nothing, says unavailable, and can be sent again`()
        throws
    {
        let installation = try Installation.withOffer()
        _ = try installation.createPostback()
        let connection = try installation.holdUp()
        let input = Installation.conversion(["transactionId": "t"])
        let child = try installation.start("recordConversion", input)
        let recording = try installation.database.waitForLock(of: "recordConversion")[0]
        _ = try connection.run("SELECT pg_terminate_backend(\(recording)::int)")
        #expect(try child.answer.at("error.code") == "unavailable")
        #expect(try child.wait() == .exited(75))
        for table in ["conversions", "events", "outbox"] { #expect(try installation.count(table) == 0) }
        try connection.release()
        #expect(try installation.ask("recordConversion", input)["duplicate"] == false)
        for table in ["conversions", "events", "outbox"] { #expect(try installation.count(table) == 1) }
    }

    @Test func `R7: a change whose connection is killed in the middle leaves the old status and owes nothing`() throws {
        let installation = try Installation.withOffer()
        _ = try installation.createPostback(["conversionStatus": "done"])
        try installation.record(["transactionId": "t"])
        let connection = try installation.holdUp()
        let input: JSON = ["offerId": "o", "transactionId": "t", "status": "done"]
        let child = try installation.start("updateConversionStatus", input)
        let update = try installation.database.waitForLock(of: "updateConversionStatus")[0]
        _ = try connection.run("SELECT pg_terminate_backend(\(update)::int)")
        #expect(try child.answer.at("error.code") == "unavailable")
        #expect(try child.wait() == .exited(75))
        #expect(try installation.value("SELECT status || sequence AS value FROM conversions") == "pending1")
        #expect(try installation.count("events") == 1)
        #expect(try installation.count("outbox") == 0)
        try connection.release()
        #expect(try installation.update(input).fired.count == 1)
    }

    @Test func `R7: a function that is killed in the middle leaves all or nothing`() throws {
        let installation = try Installation.withOffer()
        for _ in 1...3 { _ = try installation.createPostback() }
        let connection = try installation.holdUp()
        let input = Installation.conversion(["transactionId": "t"])
        let child = try installation.start("recordConversion", input)
        try installation.database.waitForLock(of: "recordConversion")
        child.terminate(SIGKILL)
        try child.wait()
        try connection.release()
        try waitUntil("the session ends") {
            try connection.run(
                "SELECT FROM pg_stat_activity WHERE application_name = 'recordConversion' AND datname = current_database()"
            ).isEmpty
        }
        let counts = try ["conversions", "events", "outbox"].map { try installation.count($0) }
        #expect(counts == [0, 0, 0] || counts == [1, 1, 3])
        // In both cases, the repeated call has the same result.
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
