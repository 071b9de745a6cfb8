package import JSON
import Text

/// The texts that count as a missing value of an optional field. In a required field they are values like any other.
package enum Blank: Sendable {
    /// No text counts as missing: the rule accepts the empty text as a value, or it accepts no strings at all.
    case never
    case emptyText
    /// A text that is empty or consists of white space, which is cut off before reading.
    case whiteSpace

    func contains(_ json: JSON) -> Bool {
        guard case .string(let text) = json else { return false }
        return switch self {
        case .never: false
        case .emptyText: text.isEmpty
        case .whiteSpace: text.unicodeScalars.allSatisfy(WhiteSpace.contains)
        }
    }

    /// The JSON Schema of null and of these texts.
    package var schema: JSON {
        switch self {
        case .never: ["type": "null"]
        case .emptyText: ["enum": [nil, ""]]
        case .whiteSpace: ["type": ["string", "null"], "pattern": .string("^[\(WhiteSpace.pattern)]*$")]
        }
    }
}

extension Rule {
    /// The JSON Schema of a field that may be left out.
    var optionalSchema: JSON {
        switch blank {
        case .never: schema.orNull
        case .emptyText, .whiteSpace: ["anyOf": [schema, blank.schema]]
        }
    }

    /// The JSON Schema of a field that may be left out, but not cleared with null.
    var schemaOrBlank: JSON {
        switch blank {
        case .never: schema
        case .emptyText, .whiteSpace: ["anyOf": [schema, ["not": ["type": "null"], "allOf": [blank.schema]]]]
        }
    }
}
