import Foundation
package import JSON
package import Postgres
import Secrets
import Store
package import System

/// The product on a new database: its tables, and the real functions with the settings that they need.
package struct Installation: Sendable {
    package let database: TestDatabase
    /// The variables that the functions get in addition to those of this process.
    package let environment: [String: String]

    package static func make(_ environment: [String: String] = [:]) throws -> Installation {
        Installation(database: try TestDatabase.withTables(), environment: environment)
    }

    /// Creates the tables in an empty database.
    package static func make(on database: TestDatabase, _ environment: [String: String] = [:]) throws -> Installation {
        try Migrations.run(on: try database.connect()) { _ in }
        return Installation(database: database, environment: environment)
    }

    /// Uses a database that has its tables, possibly with another login.
    package init(database: TestDatabase, environment: [String: String]) {
        self.database = database
        let settings = [
            "DATABASE_URL": database.connectionString, "POSTBACKS_ALLOW_CIDRS": "127.0.0.0/8",
            "POSTBACKS_ENCRYPTION_KEY": Installation.encryptionKey("test", 7),
        ]
        self.environment = settings.merging(environment) { $1 }
    }

    /// A key in the format of POSTBACKS_ENCRYPTION_KEY.
    package static func encryptionKey(_ id: String, _ byte: UInt8) -> String {
        "\(id):\(Base64.encode([UInt8](repeating: byte, count: 32)))"
    }

    /// Makes one call, which may succeed or fail.
    package func call(
        _ function: String, _ input: String, environment: [String: String] = [:]
    ) throws -> FunctionCall {
        FunctionCall(
            try Programs.run(function, input: input, environment: self.environment.merging(environment) { $1 }))
    }

    /// Makes a call that must succeed, and returns its answer.
    @discardableResult
    package func ask(_ function: String, _ input: JSON) throws -> JSON {
        let call = try call(function, input.encodedText)
        guard call.status == .exited(0) else {
            throw DidNotHappen(description: "\(function) \(input.encodedText) succeeds, but \(call.text)\(call.log)")
        }
        return call.answer
    }

    /// Makes a call that must fail.
    package func refusal(of function: String, _ input: JSON) throws -> FunctionCall {
        let call = try call(function, input.encodedText)
        guard call.status != .exited(0) else {
            throw DidNotHappen(description: "\(function) \(input.encodedText) fails, but \(call.text)")
        }
        return call
    }

    /// Runs the warm mode with these lines as its whole input.
    package func stream(_ function: String, _ lines: [String]) throws -> [JSON] {
        try Programs.stream(function, lines, environment: environment)
    }

    /// Sends the inputs through one warm process together and returns the answers in the inputs' order.
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

    /// Reads the column `value` of the first row as text.
    package func value(_ query: Query) throws -> String? {
        try database.connect().run(query).first?.text("value")
    }

    /// The number of rows of a table or view.
    package func count(_ table: String) throws -> Int {
        try database.connect().run("SELECT count(*) AS value FROM \(identifier: table)").first?.integer("value") ?? -1
    }
}

/// The result of one call of a function.
package struct FunctionCall {
    package let status: ChildProcess.ExitStatus
    /// All of standard output.
    package let text: String
    /// All of standard error.
    package let log: String
    /// The object that the function printed; null if it printed none.
    package let answer: JSON

    package init(_ outcome: ChildProcess.Outcome) {
        status = outcome.status
        text = outcome.text
        log = outcome.errorText
        answer = (try? JSON(parsing: outcome.output, depth: JSON.depthLimit + 8)) ?? .null
    }

    /// The failure's code; nil for an answer, even if the answer has a member `error` among others.
    package var code: String? {
        guard case .object(let members) = answer, members.map(\.name) == ["error"] else { return nil }
        return answer.at("error.code")?.text
    }
    package var message: String { answer.at("error.message")?.text ?? "" }
    /// The fields that the error's details name.
    package var fields: [String] { (answer.at("error.details")?.items ?? []).compactMap { $0["field"]?.text } }
}

extension Programs {
    /// Runs the warm mode with these lines as its whole input.
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
    /// The value at a path such as `goals.0.id`; nil if there is none.
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

/// Runs a closure `count` times concurrently, each time on a thread of its own, because the calls may wait for each
/// other.
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
