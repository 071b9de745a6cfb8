package import JSON
import Text

/// Describes the values that are accepted: how they are read, and their JSON Schema.
///
/// A rule reads as much as it can. When a value is wrong, it adds a fault, returns nil, and reading goes on, so that
/// one answer lists all faults.
package struct Rule<Value> {
    /// The JSON Schema (draft 2020-12) of the accepted values. It is made on demand, because reading does not need it.
    package var schema: JSON { makeSchema() }
    /// Replaces the value after a fault and while a schema is described. It is never used for anything else.
    package var placeholder: Value { makePlaceholder() }
    /// Returns the value, or adds at least one fault and returns nil.
    package let read: (_ json: JSON, _ path: Path, _ faults: inout [Fault]) -> Value?
    /// The texts that count as a missing value where the field may be left out.
    package let blank: Blank

    private let makeSchema: () -> JSON
    private let makePlaceholder: () -> Value

    package init(
        schema: @autoclosure @escaping () -> JSON, placeholder: @autoclosure @escaping () -> Value,
        blank: Blank = .never,
        read: @escaping (_ json: JSON, _ path: Path, _ faults: inout [Fault]) -> Value?
    ) {
        makeSchema = schema
        makePlaceholder = placeholder
        self.blank = blank
        self.read = read
    }

    /// The same rule with a further condition and another type of value. `parse` throws the faults of a value.
    package func parsed<Other>(
        placeholder: @autoclosure @escaping () -> Other, schema more: @autoclosure @escaping () -> JSON = .object([]),
        _ parse: @escaping (Value) throws(Invalid) -> Other
    ) -> Rule<Other> {
        Rule<Other>(schema: schema.merging(more()), placeholder: placeholder(), blank: blank) { json, path, faults in
            guard let value = read(json, path, &faults) else { return nil }
            do throws(Invalid) {
                return try parse(value)
            } catch {
                faults += error.messages.map { Fault(path, $0) }
                return nil
            }
        }
    }

    /// The same rule with a description in its schema.
    package func described(_ words: String) -> Rule {
        Rule(
            schema: schema.merging(["description": .string(words)]), placeholder: placeholder, blank: blank, read: read)
    }
}

extension Rule<String> {
    /// Text with a length in Unicode scalars. Control characters (U+0000–U+001F, U+007F–U+009F) are refused unless they
    /// are allowed.
    package static func text(_ length: ClosedRange<Int>, controlCharacters: Bool = false) -> Rule {
        let blank: Blank = length.lowerBound > 0 ? .emptyText : .never
        return Rule(schema: textSchema(length, controlCharacters), placeholder: "", blank: blank) {
            json, path, faults in
            guard case .string(let text) = json else {
                faults.append(Fault(path, "must be a string, not \(json.kind)"))
                return nil
            }
            return text.faults(length, controlCharacters, path, &faults) ? nil : text
        }
    }

    private static func textSchema(_ length: ClosedRange<Int>, _ controlCharacters: Bool) -> JSON {
        var schema: JSON = ["type": "string", "minLength": .integer(length.lowerBound)]
        if length.upperBound < .max { schema = schema.merging(["maxLength": .integer(length.upperBound)]) }
        if !controlCharacters { schema = schema.merging(["pattern": #"^[^\u0000-\u001f\u007f-\u009f]*$"#]) }
        return schema
    }
}

extension String {
    /// Adds the text's faults and returns whether there are any.
    fileprivate func faults(
        _ length: ClosedRange<Int>, _ controlCharacters: Bool, _ path: Path, _ faults: inout [Fault]
    ) -> Bool {
        // Most texts are printable ASCII and need no look at the properties of each character.
        let isPlain = utf8.allSatisfy { (0x20..<0x7F).contains($0) }
        let before = faults.count
        let count = isPlain ? utf8.count : unicodeScalars.count
        if count < length.lowerBound {
            faults.append(
                Fault(
                    path,
                    length.lowerBound == 1 ? "must not be empty" : "must have at least \(length.lowerBound) characters")
            )
        }
        if count > length.upperBound {
            faults.append(Fault(path, "must have at most \(length.upperBound) characters, not \(count)"))
        }
        if !isPlain, !controlCharacters,
            let scalar = unicodeScalars.first(where: { $0.properties.generalCategory == .control })
        {
            faults.append(Fault(path, "must not contain the control character U+\(scalar.hexadecimal)"))
        }
        return faults.count > before
    }
}

extension Rule<Bool> {
    package static var boolean: Rule {
        Rule(schema: ["type": "boolean"], placeholder: false) { json, path, faults in
            if case .bool(let value) = json { return value }
            faults.append(Fault(path, "must be true or false, not \(json.kind)"))
            return nil
        }
    }
}

extension Rule<Int> {
    /// A whole number in a range, as a JSON number.
    package static func integer(_ range: ClosedRange<Int>) -> Rule {
        Rule(schema: integerSchema(range), placeholder: 0) { json, path, faults in
            guard case .number(let text) = json else {
                faults.append(Fault(path, "must be a whole number, not \(json.kind)"))
                return nil
            }
            guard let value = Int(text), range.contains(value) else {
                let expected =
                    range.upperBound == .max
                    ? "of at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
                faults.append(Fault(path, "must be a whole number \(expected), not \(text.prefix(48))"))
                return nil
            }
            return value
        }
    }

    private static func integerSchema(_ range: ClosedRange<Int>) -> JSON {
        ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
    }

    /// An id that this system assigned: a whole number from 1.
    package static var assignedID: Rule { integer(1...Int.max) }
}

extension Rule where Value: RawRepresentable<String> & CaseIterable {
    /// One of a fixed set of words. `quotes` says whether a fault repeats the given text; false where a secret may have
    /// been given by mistake.
    package static func oneOf(_ type: Value.Type, placeholder: Value, quotes: Bool = true) -> Rule {
        func words() -> [String] { type.allCases.map { $0.rawValue } }
        return Rule(schema: wordSchema(words()), placeholder: placeholder, blank: .emptyText) { json, path, faults in
            guard case .string(let text) = json, let value = Value(rawValue: text) else {
                faults.append(Fault(path, json, isNoneOf: words(), quotes: quotes))
                return nil
            }
            return value
        }
    }
}

extension Rule<String> {
    /// One of these words.
    package static func oneOf(_ words: @autoclosure @escaping () -> [String]) -> Rule {
        Rule(schema: wordSchema(words()), placeholder: "", blank: .emptyText) { json, path, faults in
            let words = words()
            if case .string(let text) = json, words.contains(text) { return text }
            faults.append(Fault(path, json, isNoneOf: words, quotes: true))
            return nil
        }
    }
}

extension Rule {
    fileprivate static func wordSchema(_ words: [String]) -> JSON {
        ["type": "string", "enum": .array(words.map(JSON.string))]
    }
}

extension Fault {
    fileprivate init(_ path: Path, _ json: JSON, isNoneOf words: [String], quotes: Bool) {
        let given = json.text.map { quotes ? ", not \"\($0.prefix(48))\"" : "" } ?? ", not \(json.kind)"
        let list = words.map { "\"\($0)\"" }.joined(separator: ", ")
        let hint = Spelling.hint(for: json.text ?? "", among: words)
        self.init(path, "must be one of \(list)\(given)\(hint)")
    }
}

extension Rule where Value == JSON {
    /// Any value, kept as it is.
    package static var anything: Rule { Rule(schema: true, placeholder: .null) { json, _, _ in json } }
}

extension JSON {
    /// The schema that also accepts null.
    package var orNull: JSON {
        if case .string(let type)? = self["type"], self["enum"] == nil {
            return merging(["type": [.string(type), "null"]])
        }
        return ["anyOf": [self, ["type": "null"]]]
    }
}
