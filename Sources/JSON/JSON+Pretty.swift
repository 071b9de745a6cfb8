extension JSON {
    /// The value formatted for people: two spaces for each level, one line for each member, `{}` and `[]` for empty
    /// containers.
    package func pretty(indent: Int = 0) -> String {
        let inner = String(repeating: "  ", count: indent + 1)
        let outer = String(repeating: "  ", count: indent)
        switch self {
        case .array(let items) where !items.isEmpty:
            return "[\n" + items.map { inner + $0.pretty(indent: indent + 1) }.joined(separator: ",\n") + "\n\(outer)]"
        case .object(let members) where !members.isEmpty:
            let lines = members.map {
                inner + JSON.string($0.name).encodedText + ": " + $0.value.pretty(indent: indent + 1)
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(outer)}"
        default: return encodedText
        }
    }
}
