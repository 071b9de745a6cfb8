import JSON

/// One macro as a template writes it: `{_name:format|default}`.
package struct MacroUse: Sendable, Hashable {
    package let macro: Macro
    /// `{_name}`: not percent-encoded.
    package let isRaw: Bool
    package let format: Format?
    /// Stands in for a value that is missing or empty, and for one that a map does not list.
    package let fallback: String?

    var isNumber: Bool { format == .number }

    package enum Format: Sendable, Hashable {
        /// A JSON number with the exact digits.
        case number
        case unix
        case unixms
        case date
        case map([MapEntry])

        fileprivate static let names = ["number", "unix", "unixms", "date"]
    }

    package struct MapEntry: Sendable, Hashable {
        let key: String
        let value: String

        /// Byte by byte: to Swift an accent and its combining form are one, to a receiver they are not.
        func stands(for text: String) -> Bool { key.utf8.elementsEqual(text.utf8) }
    }

    /// Reads what stands between the braces: by Unicode scalars, since a default may begin with a combining mark, which to
    /// Swift is one character with the `|` before it.
    init(parsing text: Substring, in place: Template.Place) throws(Wrong) {
        let head = text.prefixOfScalars { $0 != ":" && $0 != "|" }
        var rest = text[head.endIndex...]
        if head.hasPrefix("_") {
            guard place == .url else {
                throw Wrong("has \"{\(text.prefix(64))}\", but only a URL takes a value unencoded")
            }
            isRaw = true
            macro = try Macro(parsing: String(head.dropFirst()))
        } else {
            isRaw = false
            macro = try Macro(parsing: String(head))
        }
        if rest.unicodeScalars.first == ":" {
            let format = rest.withoutFirstScalar.prefixOfScalars { $0 != "|" }
            rest = rest[format.endIndex...]
            self.format = try MacroUse.format(format, of: macro)
        } else {
            format = nil
        }
        fallback = rest.unicodeScalars.first == "|" ? String(rest.withoutFirstScalar) : nil
        if format == .number, let fallback, (try? Money(parsing: fallback)) == nil {
            throw Wrong("has a default for {\(macro.name):number} that is not a number")
        }
    }

    private static func format(_ text: Substring, of macro: Macro) throws(Wrong) -> Format {
        if text.utf8.contains(UInt8(ascii: "=")) { return .map(try entries(text, of: macro)) }
        let format: Format
        switch text {
        case "number": format = .number
        case "unix": format = .unix
        case "unixms": format = .unixms
        case "date": format = .date
        default:
            throw Wrong(
                "has no format \"\(text.prefix(64))\" for {\(macro.name)}\(Spelling.hint(for: String(text), among: Format.names)); a map is written {\(macro.name):a=1,b=2}"
            )
        }
        if format == .number, macro.kind != .number {
            throw Wrong("has {\(macro.name):number}, but \(macro.name) is not a number")
        }
        if format != .number, macro.kind != .time {
            throw Wrong("has {\(macro.name):\(text)}, but \(macro.name) is not a time")
        }
        return format
    }

    private static func entries(_ text: Substring, of macro: Macro) throws(Wrong) -> [MapEntry] {
        var entries: [MapEntry] = []
        for part in text.unicodeScalars.split(separator: ",", omittingEmptySubsequences: false).map(Substring.init) {
            let sign = part.prefixOfScalars { $0 != "=" }.endIndex
            guard sign > part.startIndex, sign < part.endIndex else {
                throw Wrong("has a map for {\(macro.name)} whose part \"\(part.prefix(64))\" is not value=replacement")
            }
            let key = String(part[..<sign])
            if macro.kind == .status, ConversionStatus(rawValue: key) == nil {
                let words = ConversionStatus.allCases.map(\.rawValue)
                throw Wrong(
                    "has a map for {\(macro.name)} with \"\(key.prefix(64))\", which is no status\(Spelling.hint(for: key, among: words))"
                )
            }
            guard !entries.contains(where: { $0.stands(for: key) }) else {
                throw Wrong("has a map for {\(macro.name)} with \"\(key.prefix(64))\" twice")
            }
            entries.append(MapEntry(key: key, value: String(part[sign...].withoutFirstScalar)))
        }
        return entries
    }
}

extension Substring {
    fileprivate var withoutFirstScalar: Substring { Substring(unicodeScalars.dropFirst()) }
}
