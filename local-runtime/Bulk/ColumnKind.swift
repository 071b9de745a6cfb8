import JSON
import Text

/// The JSON type of a column's cells, from the JSON Schema of the function's field.
indirect enum ColumnKind {
    case text
    /// A number if the cell is one. Anything else is passed on for the function to judge.
    case number
    case boolean
    /// Items separated by `|`.
    case list(ColumnKind)
    /// Members with fixed names, each of its own kind.
    case object([(name: String, kind: ColumnKind)])
    /// Members with any names. `nests`: whether a dot in a name makes a member of a member.
    case map(nests: Bool)

    init(_ schema: JSON) {
        let schemas = ColumnKind.alternatives(schema)
        let types = schemas.flatMap(ColumnKind.types)
        if types.contains("object") {
            let properties = schemas.flatMap { $0["properties"]?.members ?? [] }
            if properties.isEmpty {
                let values = schemas.compactMap { $0["additionalProperties"] }.first
                self = .map(nests: values?["type"] != "string")
            } else {
                var members: [(name: String, kind: ColumnKind)] = []
                for property in properties where !members.contains(where: { $0.name == property.name }) {
                    members.append((property.name, ColumnKind(property.value)))
                }
                self = .object(members)
            }
        } else if types.contains("array") {
            self = .list(ColumnKind(schemas.compactMap { $0["items"] }.first ?? .null))
        } else if types.contains("string") || types.isEmpty {
            self = .text
        } else {
            self = types.contains("boolean") ? .boolean : .number
        }
    }

    /// The value of a cell. A list or an object may also be given as JSON.
    func value(_ text: String) -> JSON {
        switch self {
        case .text: return .string(text)
        case .boolean: return ColumnKind.boolean(text).map(JSON.bool) ?? .string(text)
        case .number:
            if case .number(let digits)? = try? JSON(parsing: Array(text.utf8)) { return .number(digits) }
            return .string(text)
        case .list(let item):
            if text.hasPrefix("["), let list = try? JSON(parsing: Array(text.utf8)) { return list }
            return .array(text.split(separator: "|").map { item.value(String($0)) })
        case .object, .map:
            if text.hasPrefix("{"), let object = try? JSON(parsing: Array(text.utf8)) { return object }
            return .string(text)
        }
    }

    /// A truth value as spreadsheets and databases write it.
    private static func boolean(_ text: String) -> Bool? {
        switch text.withoutWhiteSpaceAtEnds.lowercased() {
        case "true", "yes", "1": true
        case "false", "no", "0": false
        default: nil
        }
    }

    private static func alternatives(_ schema: JSON) -> [JSON] {
        guard case .array(let choices)? = schema["anyOf"] else { return [schema] }
        return [schema] + choices.flatMap(alternatives)
    }

    private static func types(_ schema: JSON) -> [String] {
        switch schema["type"] {
        case .string(let type)?: [type]
        case .array(let types)?: types.compactMap(\.text)
        default: []
        }
    }
}
