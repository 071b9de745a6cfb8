package import JSON
import POSIX

/// Somebody else's reading of a schema: Python's jsonschema, by draft 2020-12, formats included.
package enum JSONSchema {
    private static let script = "\(FileSystem.parent(of: #filePath))/validate.py"

    /// What the validator says of each value: nil for a valid one, else where it breaks the schema, in words.
    package static func verdicts(on values: [JSON], by schema: JSON) throws -> [String?] {
        try verdicts([(schema: schema, values: values)])[0]
    }

    /// The same for several schemas, in one process.
    package static func verdicts(_ cases: [(schema: JSON, values: [JSON])]) throws -> [[String?]] {
        let blocks = cases.map { ([$0.schema] + $0.values).map(\.encodedText).joined(separator: "\n") }
        let outcome = try ChildProcess.run(
            try Python.interpreter(with: "jsonschema"), [script],
            input: Array(blocks.joined(separator: "\n\n").utf8), seconds: 300)
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
