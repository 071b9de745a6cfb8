import Input

/// One macro as a template writes it: `{_name:format:number|default}`.
package struct MacroUse: Sendable, Hashable {
    package let macro: Macro
    /// Whether the value is not percent-encoded: `{_name}`.
    package let isRaw: Bool
    package let format: Format?
    /// The type of the value in a JSON body; nil for text.
    package let jsonType: JSONType?
    /// The default. It replaces a value that is missing or empty, and one that a map does not list.
    package let fallback: String?

    package struct MapEntry: Sendable, Hashable {
        let key: String
        let value: String

        /// Compares bytes: Swift treats an accented letter and its combining form as equal, but a receiver does not.
        func stands(for text: String) -> Bool { key.utf8.elementsEqual(text.utf8) }
    }

    /// Reads the text between the braces by Unicode scalars: a default may begin with a combining mark, which Swift
    /// joins with the `|` before it into one character. `hints` says whether a fault suggests the name that was
    /// probably meant.
    init(parsing text: Substring, in place: Template.Place, hints: Bool = true) throws(Invalid) {
        let head = text.prefixOfScalars { $0 != ":" && $0 != "|" }
        var rest = text[head.endIndex...]
        if head.hasPrefix("_") {
            guard place == .url else {
                throw Invalid("has \"{\(text.prefix(64))}\", but only a URL takes a value unencoded")
            }
            isRaw = true
            macro = try Macro(parsing: String(head.dropFirst()), hints: hints)
        } else {
            isRaw = false
            macro = try Macro(parsing: String(head), hints: hints)
        }
        if rest.unicodeScalars.first == ":" {
            let format = rest.withoutFirstScalar.prefixOfScalars { $0 != "|" }
            rest = rest[format.endIndex...]
            (self.format, jsonType) = try MacroUse.reading(format, of: macro)
        } else {
            (format, jsonType) = (nil, nil)
        }
        fallback = rest.unicodeScalars.first == "|" ? String(rest.withoutFirstScalar) : nil
        if let jsonType, let fallback, jsonType.value(fallback) == nil {
            let expected = jsonType == .number ? "a number" : "true or false"
            throw Invalid("has a default for {\(macro.name):\(jsonType.rawValue)} that is not \(expected)")
        }
    }

    static func entries(_ text: Substring, of macro: Macro) throws(Invalid) -> [MapEntry] {
        var entries: [MapEntry] = []
        var keys: Set<[UInt8]> = []
        for part in text.unicodeScalars.split(separator: ",", omittingEmptySubsequences: false).map(Substring.init) {
            let sign = part.prefixOfScalars { $0 != "=" }.endIndex
            guard sign > part.startIndex, sign < part.endIndex else {
                throw Invalid(
                    "has a map for {\(macro.name)} whose part \"\(part.prefix(64))\" is not value=replacement")
            }
            let key = String(part[..<sign])
            if macro.kind == .status, ConversionStatus(rawValue: key) == nil {
                let words = ConversionStatus.allCases.map(\.rawValue)
                throw Invalid(
                    "has a map for {\(macro.name)} with \"\(key.prefix(64))\", which is no status\(Spelling.hint(for: key, among: words))"
                )
            }
            guard keys.insert(Array(key.utf8)).inserted else {
                throw Invalid("has a map for {\(macro.name)} with \"\(key.prefix(64))\" twice")
            }
            entries.append(MapEntry(key: key, value: String(part[sign...].withoutFirstScalar)))
        }
        return entries
    }
}

extension Substring {
    fileprivate var withoutFirstScalar: Substring { Substring(unicodeScalars.dropFirst()) }
}
