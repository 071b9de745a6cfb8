import Domain
import FunctionRuntime
import Input
import JSON
import Postgres
import TestSupport
import TestThreads
import Testing

@testable import Store

/// Tests batches of conversions that are recorded at once in two sessions.
@Suite(.ownThreads) struct RecordingSessionsTests {
    private let database: TestDatabase
    private let connection: Connection

    init() throws {
        database = try TestDatabase.withTables()
        connection = try database.connect()
        try connection.execute(
            script: """
                INSERT INTO offers (id, name) VALUES ('o', 'Offer');
                INSERT INTO goals (offer_id, id, name, position) VALUES ('o', 'g', 'Goal', 1);
                INSERT INTO affiliates (id, name) VALUES ('a', 'Affiliate');
                """)
    }

    private func recorder(_ connectionString: String? = nil) throws -> ConversionRecorder {
        let settings = Settings(environment: ["DATABASE_URL": connectionString ?? database.connectionString])
        return ConversionRecorder(try (0..<2).map { _ in try Database(settings, applicationName: "recorder") })
    }

    private func conversion(_ members: JSON) -> NewConversion {
        let input: JSON = ["offerId": "o", "affiliateId": "a"]
        var fields = Fields(input.merging(members).members)
        return NewConversion(&fields)
    }

    /// Blocks recordings until the connection that is returned releases its locks.
    private func holdUp() throws -> Connection {
        let holder = try database.connect()
        try holder.execute(script: "BEGIN; LOCK TABLE events IN SHARE MODE")
        return holder
    }

    private func isRepeat(_ answers: [Result<Recording, FunctionError>]?) -> [Bool?]? {
        answers?.map { try? $0.get().isDuplicate }
    }

    @Test func `two batches are recorded at once, and a third one waits`() throws {
        let recorder = try recorder()
        let holder = try holdUp()
        #expect(recorder.begin([conversion(["transactionId": "1"])]))
        #expect(recorder.begin([conversion(["transactionId": "2"]), conversion(["transactionId": "3"])]))
        #expect(!recorder.begin([conversion(["transactionId": "4"])]))
        try database.waitForLock(of: "recorder", sessions: 2)
        try holder.execute(script: "COMMIT")
        #expect(isRepeat(recorder.finish(unlessReadable: nil)) == [false])
        #expect(recorder.begin([conversion(["transactionId": "4"])]))
        #expect(isRepeat(recorder.finish(unlessReadable: nil)) == [false, false])
        #expect(isRepeat(recorder.finish(unlessReadable: nil)) == [false])
        #expect(isRepeat(recorder.finish(unlessReadable: nil)) == [])
    }

    @Test(
        arguments: [
            ["transactionId": "1"], ["transactionId": "1", "clickId": "9"], ["clickId": "c"],
            ["transactionId": "9", "clickId": "c"],
        ] as [JSON])
    func `R6: a batch with a key or a click of one in progress waits for it`(line: JSON) throws {
        let recorder = try recorder()
        let holder = try holdUp()
        let first = [conversion(["transactionId": "0"]), conversion(["transactionId": "1", "clickId": "c"])]
        #expect(recorder.begin(first))
        #expect(!recorder.begin([conversion(["transactionId": "2"]), conversion(line)]))
        try holder.execute(script: "COMMIT")
        #expect(isRepeat(recorder.finish(unlessReadable: nil)) == [false, false])
        #expect(recorder.begin([conversion(line)]))
        let isRepeated = line["transactionId"] == "1"
        #expect(isRepeat(recorder.finish(unlessReadable: nil)) == [isRepeated])
    }

    @Test func `a batch with the transaction of one in progress, for another goal, does not wait`() throws {
        let recorder = try recorder()
        let holder = try holdUp()
        #expect(recorder.begin([conversion(["transactionId": "1"])]))
        #expect(recorder.begin([conversion(["transactionId": "1", "goalId": "g"])]))
        try holder.execute(script: "COMMIT")
        #expect(isRepeat(recorder.finish(unlessReadable: nil)) == [false])
        #expect(isRepeat(recorder.finish(unlessReadable: nil)) == [false])
    }

    @Test func `a batch that the server rejects does not affect the one beside it`() throws {
        try connection.execute(script: "ALTER TABLE conversions ADD CHECK (transaction_id <> 'rejected')")
        let recorder = try recorder()
        let holder = try holdUp()
        #expect(recorder.begin([conversion(["transactionId": "1"]), conversion(["transactionId": "rejected"])]))
        #expect(recorder.begin([conversion(["transactionId": "2"])]))
        try holder.execute(script: "COMMIT")
        #expect(isRepeat(recorder.finish(unlessReadable: nil)) == [false, nil])
        #expect(isRepeat(recorder.finish(unlessReadable: nil)) == [false])
        #expect(try connection.run("SELECT count(*) AS n FROM conversions")[0].integer("n") == 2)
    }

    @Test func `where the server allows one connection, batches are recorded one after the other`() throws {
        let name = try connection.run("SELECT current_database() AS name, current_user::text AS owner")[0]
        let role = "\(name.text("name") ?? "")_single"
        try connection.execute(
            script: "CREATE ROLE \(role) LOGIN CONNECTION LIMIT 1; GRANT \(name.text("owner") ?? "") TO \(role)")
        let recorder = try recorder("\(database.connectionString)&user=\(role)")
        let holder = try holdUp()
        #expect(recorder.begin([conversion(["transactionId": "1"])]))
        #expect(!recorder.begin([conversion(["transactionId": "2"])]))
        try holder.execute(script: "COMMIT")
        #expect(isRepeat(recorder.finish(unlessReadable: nil)) == [false])
        #expect(recorder.begin([conversion(["transactionId": "2"])]))
        #expect(isRepeat(recorder.finish(unlessReadable: nil)) == [false])
    }
}
