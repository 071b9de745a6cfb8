package import JSON

/// JSON Schemas (draft 2020-12) of outputs; a `Rule` has the schema of what it reads.
package enum Schema {
    package static let text: JSON = ["type": "string"]
    package static let textOrNull: JSON = ["type": ["string", "null"]]
    package static let integer: JSON = ["type": "integer"]
    package static let integerOrNull: JSON = ["type": ["integer", "null"]]
    package static let boolean: JSON = ["type": "boolean"]
    package static let time: JSON = ["type": "string", "format": "date-time"]
    package static let timeOrNull: JSON = ["type": ["string", "null"], "format": "date-time"]
    /// An object whose members are not listed.
    package static let anyObject: JSON = ["type": "object"]

    /// An object that has all of `members` and may have the optional ones.
    package static func object(
        _ members: KeyValuePairs<String, JSON>, optional: KeyValuePairs<String, JSON> = [:]
    ) -> JSON {
        [
            "type": "object",
            "properties": .object((Array(members) + Array(optional)).map { JSON.Member($0.key, $0.value) }),
            "required": .array(members.map { .string($0.key) }),
        ]
    }

    package static func list(_ item: JSON) -> JSON { ["type": "array", "items": item] }

    package static func oneOf(_ words: [String]) -> JSON {
        ["type": "string", "enum": .array(words.map(JSON.string))]
    }
}
