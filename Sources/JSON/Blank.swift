import Text

/// Which texts say that a field is not there. Where a field is required they are values like any other.
package enum Blank: Sendable {
    /// None: the rule takes the empty text for a value, or no text at all.
    case never
    case emptyText
    /// A text of nothing but white space, which is cut off, or of nothing at all.
    case whiteSpace

    func contains(_ json: JSON) -> Bool {
        guard case .string(let text) = json else { return false }
        return switch self {
        case .never: false
        case .emptyText: text.isEmpty
        case .whiteSpace: text.unicodeScalars.allSatisfy(WhiteSpace.contains)
        }
    }

    /// JSON Schema of null and of these texts.
    package var schema: JSON {
        switch self {
        case .never: ["type": "null"]
        case .emptyText: ["enum": [nil, ""]]
        case .whiteSpace: ["type": ["string", "null"], "pattern": .string("^[\(WhiteSpace.pattern)]*$")]
        }
    }
}

extension Rule {
    /// JSON Schema of a field that may be left out.
    var optionalSchema: JSON {
        switch blank {
        case .never: schema.orNull
        case .emptyText, .whiteSpace: ["anyOf": [schema, blank.schema]]
        }
    }

    /// JSON Schema of a field that may be left out and that null does not clear.
    var schemaOrBlank: JSON {
        switch blank {
        case .never: schema
        case .emptyText, .whiteSpace: ["anyOf": [schema, ["not": ["type": "null"], "allOf": [blank.schema]]]]
        }
    }
}
