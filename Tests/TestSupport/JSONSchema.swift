package import JSON
import System

/// Checks values with an independent implementation of JSON Schema: Python's jsonschema, draft 2020-12, including
/// formats.
package enum JSONSchema {
    private static let script = "\(FileSystem.parent(of: #filePath))/validate.py"

    /// The validator's result for each value: nil if it is valid, otherwise the place and a description of the fault.
    package static func verdicts(on values: [JSON], by schema: JSON) throws -> [String?] {
        try verdicts([(schema: schema, values: values)])[0]
    }

    /// Checks several schemas in one process.
    package static func verdicts(_ cases: [(schema: JSON, values: [JSON])]) throws -> [[String?]] {
        let blocks = cases.map { ([$0.schema] + $0.values).map(\.encodedText).joined(separator: "\n") }
        let outcome = try ChildProcess.run(
            try Python.interpreter(with: "jsonschema"), [script],
            input: Array(blocks.joined(separator: "\n\n").utf8), timeout: .seconds(300))
        var lines = outcome.text.split(separator: "\n")[...]
        guard outcome.status == .exited(0), lines.count == cases.reduce(0, { $0 + $1.values.count }) else {
            throw DidNotHappen(description: "a verdict on each value: \(outcome.errorText)")
        }
        return cases.map { one in
            let own = lines.prefix(one.values.count)
            lines = lines.dropFirst(one.values.count)
            return own.map { $0 == "valid" ? nil : String($0) }
        }
    }
}
