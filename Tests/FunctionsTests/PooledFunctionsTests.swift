import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

/// Tests that functions work through PgBouncer in transaction mode, with fewer sessions than callers.
@Suite(.ownThreads) struct PooledFunctionsTests {
    private static let processes = 4
    private static let calls = 500

    private func behind(_ pooler: PgBouncer) -> Installation {
        Installation(database: TestDatabase(connectionString: pooler.connectionString), environment: [:])
    }

    @Test func `four warm processes with 500 calls each share two sessions, and nothing is lost or twice`() throws {
        let direct = try Installation.sending(to: "http://127.0.0.1:1")
        let pooler = try PgBouncer(before: direct.database, poolSize: 2)
        let recording = try warm("recordConversion", behind(pooler)) { number, call in
            ["offerId": "o", "affiliateId": "a", "transactionId": .string("\(number)-\(call)")]
        }
        for answer in recording { #expect(answer.at("output.duplicate") == false, "\(answer.encodedText)") }
        let updating = try warm("updateConversionStatus", behind(pooler)) { number, call in
            ["offerId": "o", "transactionId": .string("\(number)-\(call)"), "status": "done"]
        }
        for answer in updating { #expect(answer.at("output.changed") == true, "\(answer.encodedText)") }
        let total = Self.processes * Self.calls
        #expect(try direct.count("conversions") == total)
        #expect(try direct.count("events") == 2 * total)
        #expect(try direct.count("outbox") == total)
        // No setting and no statement has stayed in a session that others use.
        let left = try TestDatabase(connectionString: pooler.connectionString).connect().run(
            "SELECT count(*) AS statements FROM pg_prepared_statements")
        #expect(left[0].integer("statements") == 0)
    }

    @Test func `a reading process whose calls alternate between two sessions finds each of its statements`() throws {
        let direct = try Installation.sending(to: "http://127.0.0.1:1")
        try direct.record(["t"])
        let pooler = try PgBouncer(before: direct.database, poolSize: 2)
        for (function, input) in [
            ("listConversions", [:]), ("listDeliveries", [:]), ("listPostbacks", [:]), ("showHealth", [:]),
            ("explainConversion", ["conversionId": 1]), ("findRecords", ["text": "t"]),
        ] as [(String, JSON)] {
            for answer in try warm(function, behind(pooler), calls: 40, { _, _ in input }) {
                #expect(answer["error"] == nil, "\(function): \(answer.encodedText)")
            }
        }
    }

    @Test func `every function, three times as a process of its own`() throws {
        let receiver = try RunningReceiver()
        let direct = try Installation.make()
        let pooler = try PgBouncer(before: direct.database, poolSize: 2)
        let pooled = behind(pooler)
        func call(_ function: String, _ fixture: String) throws -> FunctionCall {
            try pooled.call(
                function,
                try FixtureStory.text(function, fixture)
                    .replacing("127.0.0.1:8099", with: "127.0.0.1:\(receiver.port)"))
        }
        for (function, fixture, code) in FixtureStory.steps {
            let first = try call(function, fixture)
            #expect(first.code == code, "\(function)/\(fixture): \(first.text) \(first.log)")
        }
        // A repeated call may find that its work is done, or that a record that it names is deleted.
        for function in Repository.functions {
            for _ in 2...3 {
                let again = try call(function, "success")
                let isFine = [nil, "conflict", "not_found"].contains(again.code)
                #expect(isFine, "\(function): \(again.text) \(again.log)")
            }
        }
    }

    /// Sends calls to warm processes in turns: each process has one call under way at any time. Returns all answers.
    private func warm(
        _ function: String, _ installation: Installation, calls: Int = PooledFunctionsTests.calls,
        _ input: (Int, Int) -> JSON
    ) throws -> [JSON] {
        let processes = try (1...Self.processes).map { _ in try WarmFunction(function, installation.environment) }
        var answers: [JSON] = []
        for call in 1...calls {
            for (number, process) in processes.enumerated() {
                try process.send([(["id": .integer(call), "input": input(number, call)] as JSON).encodedText])
            }
            for process in processes { answers.append(try process.answer()) }
        }
        for process in processes { #expect(try process.end() == .exited(0)) }
        return answers
    }
}
