import Foundation
package import JSON
package import POSIX
package import Postgres
import Secrets
import Store

/// The product on a database of its own: its tables, and the real functions with the settings that they need.
package struct Installation: Sendable {
    package let database: TestDatabase
    /// What the functions get beside this process's variables.
    package let environment: [String: String]

    package static func make(_ environment: [String: String] = [:]) throws -> Installation {
        Installation(database: try TestDatabase.withTables(), environment: environment)
    }

    /// Brings the tables into an empty database.
    package static func make(on database: TestDatabase, _ environment: [String: String] = [:]) throws -> Installation {
        try Migrations.run(on: try database.connect()) { _ in }
        return Installation(database: database, environment: environment)
    }

    /// On a database that has its tables, for another login perhaps.
    package init(database: TestDatabase, environment: [String: String]) {
        self.database = database
        let settings = [
            "DATABASE_URL": database.connectionString, "POSTBACKS_ALLOW_CIDRS": "127.0.0.0/8",
            "POSTBACKS_ENCRYPTION_KEY": Installation.encryptionKey("test", 7),
        ]
        self.environment = settings.merging(environment) { $1 }
    }

    /// A key as POSTBACKS_ENCRYPTION_KEY has it.
    package static func encryptionKey(_ id: String, _ byte: UInt8) -> String {
        "\(id):\(Base64.encode([UInt8](repeating: byte, count: 32)))"
    }

    /// One call, whatever comes of it.
    package func call(
        _ function: String, _ input: String, environment: [String: String] = [:]
    ) throws -> FunctionCall {
        FunctionCall(
            try Programs.run(function, input: input, environment: self.environment.merging(environment) { $1 }))
    }

    /// The answer of a call that must succeed.
    @discardableResult
    package func ask(_ function: String, _ input: JSON) throws -> JSON {
        let call = try call(function, input.encodedText)
        guard call.status == .exited(0) else {
            throw DidNotHappen(description: "\(function) \(input.encodedText) succeeds, but \(call.text)\(call.log)")
        }
        return call.answer
    }

    /// The error of a call that must fail.
    package func refusal(of function: String, _ input: JSON) throws -> FunctionCall {
        let call = try call(function, input.encodedText)
        guard call.status != .exited(0) else {
            throw DidNotHappen(description: "\(function) \(input.encodedText) fails, but \(call.text)")
        }
        return call
    }

    /// The warm mode, from the first line to the end of the input.
    package func stream(_ function: String, _ lines: [String]) throws -> [JSON] {
        try Programs.stream(function, lines, environment: environment)
    }

    /// The answers to inputs that go through one warm process together, in the inputs' order.
    package func ask(_ function: String, all inputs: [JSON]) throws -> [JSON] {
        let lines = inputs.enumerated().map { (["id": .integer($0), "input": $1] as JSON).encodedText }
        let answers = Dictionary(try stream(function, lines).map { ($0["id"]?.integer, $0) }) { first, _ in first }
        return try inputs.indices.map { index in
            guard let answer = answers[index] else {
                throw DidNotHappen(description: "an answer to \(inputs[index].encodedText)")
            }
            return answer["output"] ?? ["error": answer["error"] ?? .null]
        }
    }

    /// One value of the database, as text.
    package func value(_ query: Query) throws -> String? {
        try database.connect().run(query).first?.text("value")
    }

    /// How many rows a table or view has.
    package func count(_ table: String) throws -> Int {
        try database.connect().run("SELECT count(*) AS value FROM \(identifier: table)").first?.integer("value") ?? -1
    }
}

/// What one call of a function came to.
package struct FunctionCall {
    package let status: ChildProcess.ExitStatus
    /// All of standard output.
    package let text: String
    /// All of standard error.
    package let log: String
    /// The object that it printed; null when it printed none.
    package let answer: JSON

    package init(_ outcome: ChildProcess.Outcome) {
        status = outcome.status
        text = outcome.text
        log = outcome.errorText
        answer = (try? JSON(parsing: outcome.output, depth: JSON.depthLimit + 8)) ?? .null
    }

    /// The failure's code; nil for an answer, also one of an attempt with an error of its own.
    package var code: String? {
        guard case .object(let members) = answer, members.map(\.name) == ["error"] else { return nil }
        return answer.at("error.code")?.text
    }
    package var message: String { answer.at("error.message")?.text ?? "" }
    /// The fields at fault.
    package var fields: [String] { (answer.at("error.details")?.items ?? []).compactMap { $0["field"]?.text } }
}

extension Programs {
    /// The warm mode, from the first line to the end of the input.
    package static func stream(
        _ function: String, _ lines: [String], environment: [String: String] = [:]
    ) throws -> [JSON] {
        let input = lines.map { $0 + "\n" }.joined()
        let outcome = try run(function, ["--stream"], input: input, environment: environment)
        guard outcome.status == .exited(0) else {
            throw DidNotHappen(description: "\(function) --stream exits 0, but \(outcome.status) \(outcome.errorText)")
        }
        return try outcome.output.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast().map
        {
            try JSON(parsing: Array($0), depth: JSON.depthLimit + 8)
        }
    }
}

extension JSON {
    /// What stands at a path such as `goals.0.id`; nil when nothing does.
    package func at(_ path: String) -> JSON? {
        path.split(separator: ".").reduce(self) { (json: JSON?, step) in
            guard let json else { return nil }
            if case .array(let items) = json {
                return Int(step).flatMap { items.indices.contains($0) ? items[$0] : nil }
            }
            return json[String(step)]
        }
    }

    /// The items of a list; empty for everything else.
    package var items: [JSON] {
        if case .array(let items) = self { items } else { [] }
    }

    package var integer: Int? {
        if case .number(let text) = self { Int(text) } else { nil }
    }
}

/// Runs a body several times at once, each on a thread of its own, since each may wait for the others.
package func atOnce<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) throws -> Value
) async throws -> [Value] {
    try await withThrowingTaskGroup(of: (Int, Value).self) { group in
        for index in 0..<count {
            group.addTask {
                try await withCheckedThrowingContinuation { continuation in
                    Thread.detachNewThread {
                        continuation.resume(with: Result { (index, try body(index)) })
                    }
                }
            }
        }
        var values: [(Int, Value)] = []
        for try await value in group { values.append(value) }
        return values.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
