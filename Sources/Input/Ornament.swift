package import JSON

/// How to read a field that must never make its input fail (R15): a value that the rule refuses is corrected if its
/// meaning is clear, and left out otherwise.
package struct Ornament<Value> {
    /// The JSON Schema. It describes the values that need no correction, accepts every other value as well, and has a
    /// description.
    package var schema: JSON { makeSchema() }
    /// Returns the value, or adds a warning and returns nil.
    package let read: (_ json: JSON, _ path: Path, _ warnings: inout [FieldWarning]) -> Value?

    private let makeSchema: () -> JSON

    /// `schema` is the schema of the values that need no correction. `words` is the description of the values.
    package init(
        schema: @autoclosure @escaping () -> JSON, _ words: String,
        read: @escaping (_ json: JSON, _ path: Path, _ warnings: inout [FieldWarning]) -> Value?
    ) {
        makeSchema = {
            [
                "anyOf": [schema(), true],
                "description": .string(
                    "\(words) A value that cannot be used is corrected or left out, with a warning."),
            ]
        }
        self.read = read
    }

    /// `correct` corrects a value that the rule refuses, and says what was changed; it returns nil if the meaning is not
    /// clear.
    package init(
        _ rule: Rule<Value>, _ words: String, correct: @escaping (_ json: JSON) -> (value: Value, change: String)?
    ) {
        self.init(schema: rule.schema, words) { json, path, warnings in
            var faults: [Fault] = []
            if let value = rule.read(json, path, &faults) { return value }
            if let (value, change) = correct(json) {
                warnings.append(FieldWarning(path, .adjusted, change))
                return value
            }
            warnings.append(
                FieldWarning(path, .leftOut, "\(faults.first?.message ?? "cannot be used"); it is left out"))
            return nil
        }
    }
}

/// A warning in an answer: a value was corrected or left out, or a click is known from another conversion.
package struct FieldWarning: Sendable, Hashable {
    package enum Code: String, CaseIterable, Sendable {
        /// The value was corrected.
        case adjusted
        case leftOut = "left_out"
        /// The conversion's click is known from another conversion, which is identified by the other key (R6).
        case clickKnown = "click_known"
    }

    package let field: String
    package let code: Code
    package let message: String

    package init(_ path: Path, _ code: Code, _ message: String) {
        field = path.description
        self.code = code
        self.message = message
    }

    package var json: JSON {
        ["field": .string(field), "code": .string(code.rawValue), "message": .string(message)]
    }

    package static let schema = Schema.list(
        Schema.object([
            "field": Schema.text, "code": Schema.oneOf(Code.allCases.map(\.rawValue)), "message": Schema.text,
        ]))
}
