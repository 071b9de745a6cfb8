import JSON
import Text

extension Rule<String> {
    /// An id that the caller assigns: 1–128 characters without control characters, or a JSON integer, which is read as
    /// its digits.
    package static var identifier: Rule { id(upTo: 128) }

    /// An id of up to `limit` characters. White space at its ends is cut off first.
    package static func id(upTo limit: Int) -> Rule {
        let text = text(1...limit)
        func schema() -> JSON {
            [
                "title": .string("text of 1 to \(limit) characters, or a whole number"),
                "anyOf": [idSchema(limit), wholeNumber],
            ]
        }
        return Rule(schema: schema(), placeholder: "", blank: .whiteSpace) { json, path, faults in
            if case .number(let digits) = json {
                if let digits = canonicalInteger(digits) { return digits }
                faults.append(
                    Fault(path, "must be a string or a whole number of at most 38 digits, not \(digits.prefix(48))"))
                return nil
            }
            guard case .string(let given) = json else {
                faults.append(Fault(path, "must be a string or an integer, not \(json.kind)"))
                return nil
            }
            return text.read(.string(given.withoutWhiteSpaceAtEnds), path, &faults)
        }
    }

    /// A schema cannot count the characters that are left after trimming, so it checks the length only of texts without
    /// white space at their ends.
    private static func idSchema(_ limit: Int) -> JSON {
        let space = WhiteSpace.pattern
        let controls = #"\u0000-\u001f\u007f-\u009f"#
        let visible = "[^\(controls)\(space)]"
        return [
            "type": "string",
            "pattern": .string("^[\(space)]*\(visible)([^\(controls)]*\(visible))?[\(space)]*$"),
            "anyOf": [["maxLength": .integer(limit)], ["pattern": .string("^[\(space)]|[\(space)]$")]],
        ]
    }

    private static let digitLimit = 38

    /// The JSON Schema of an integer that is read as its digits.
    private static var wholeNumber: JSON {
        let limit = String(repeating: "9", count: digitLimit)
        return ["type": "integer", "minimum": .number("-\(limit)"), "maximum": .number(limit)]
    }

    private static func canonicalInteger(_ text: String) -> String? {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        guard digits.count <= digitLimit, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return text == "-0" ? "0" : text
    }
}
