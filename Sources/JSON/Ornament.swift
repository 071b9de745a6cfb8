/// How a field is read that must never cost its input: a value that its rule refuses is put right where it is clear what was
/// meant, and left out where it is not.
package struct Ornament<Value> {
    /// JSON Schema: of the values that need no mending, of everything, and in words.
    package var schema: JSON { makeSchema() }
    /// The value, or nil after having noted why it is left out.
    package let read: (_ json: JSON, _ path: Path, _ warnings: inout [FieldWarning]) -> Value?

    private let makeSchema: () -> JSON

    /// - Parameters:
    ///   - schema: of the values that need no mending.
    ///   - words: what the values are.
    package init(
        schema: @autoclosure @escaping () -> JSON, _ words: String,
        read: @escaping (_ json: JSON, _ path: Path, _ warnings: inout [FieldWarning]) -> Value?
    ) {
        makeSchema = {
            [
                "anyOf": [schema(), true],
                "description": .string("\(words) What cannot be used is put right or left out, with a warning."),
            ]
        }
        self.read = read
    }

    /// - Parameter mend: the value that was clearly meant by one that the rule refuses, and what was done; nil for none.
    package init(
        _ rule: Rule<Value>, _ words: String, mend: @escaping (_ json: JSON) -> (value: Value, what: String)?
    ) {
        self.init(schema: rule.schema, words) { json, path, warnings in
            var faults: [Fault] = []
            if let value = rule.read(json, path, &faults) { return value }
            if let (value, what) = mend(json) {
                warnings.append(FieldWarning(path, .adjusted, what))
                return value
            }
            warnings.append(
                FieldWarning(path, .leftOut, "\(faults.first?.message ?? "cannot be used"); it is left out"))
            return nil
        }
    }
}

/// What an answer says of a value that it did not take as it was given.
package struct FieldWarning: Sendable, Hashable {
    package enum Code: String, CaseIterable, Sendable {
        /// It was put right.
        case adjusted
        case leftOut = "left_out"
        /// The click of a conversion is known from another one, which is told apart by the other key.
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
