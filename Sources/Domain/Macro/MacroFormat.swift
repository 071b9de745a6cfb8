import Input
import Text

extension MacroUse {
    /// The format of a value. It stands between the macro's name and its default, before the JSON type if there is one.
    package enum Format: Sendable, Hashable {
        case unix
        case unixms
        case date
        case pattern(TimePattern)
        /// Whole minor units of the conversion's currency: `12.30` EUR is `1230`.
        case minor
        /// A number of decimals, from 0 to `ExactDecimal.fractionDigits`.
        case fixed(Int)
        case map([MapEntry])
    }

    /// Reads `format`, `format:number` or `number`. The last part is read as a JSON type if it is one, even behind a
    /// map. So the last replacement of a map cannot end in `:number` or `:boolean`.
    static func reading(_ text: Substring, of macro: Macro) throws(Invalid) -> (format: Format?, jsonType: JSONType?) {
        for type in JSONType.allCases {
            let word = type.rawValue.utf8
            if text.utf8.elementsEqual(word) { return (nil, type) }
            guard text.utf8.count > word.count, text.utf8.suffix(word.count + 1).elementsEqual(":\(type.rawValue)".utf8)
            else { continue }
            return (try format(Substring(text.utf8.dropLast(word.count + 1)), of: macro), type)
        }
        return (try format(text, of: macro), nil)
    }

    private static func format(_ text: Substring, of macro: Macro) throws(Invalid) -> Format {
        if macro.kind == .money, text.utf8.starts(with: "fixed=".utf8) { return .fixed(try decimals(text, of: macro)) }
        if text.utf8.contains(UInt8(ascii: "=")) {
            if let wrong = assignment(text, of: macro) { throw wrong }
            return .map(try entries(text, of: macro))
        }
        let format: Format
        switch MacroModifier(rawValue: String(text)) {
        case .unix: format = .unix
        case .unixms: format = .unixms
        case .date: format = .date
        case .minor:
            guard macro.kind == .money else {
                throw Invalid("has {\(macro.name):minor}, but \(macro.name) is not an amount of money")
            }
            return .minor
        case .number, .boolean, .fixed, .map, .pattern, .fallback, .raw, nil:
            if macro.kind == .time, !MacroModifier.isOtherName(text), let pattern = try TimePattern(parsing: text) {
                return .pattern(pattern)
            }
            throw unknown(text, of: macro)
        }
        guard macro.kind == .time else {
            throw Invalid("has {\(macro.name):\(text)}, but \(macro.name) is not a time")
        }
        return format
    }

    private static func decimals(_ text: Substring, of macro: Macro) throws(Invalid) -> Int {
        let digits = text.utf8.dropFirst("fixed=".utf8.count)
        guard (1...2).contains(digits.count), digits.allSatisfy(\.isDigit), let count = Int(Substring(digits)),
            count <= ExactDecimal.fractionDigits
        else {
            throw Invalid(
                "has no format \"\(text.prefix(64))\" for {\(macro.name)}: fixed= takes the number of decimals, from 0 to \(ExactDecimal.fractionDigits)"
            )
        }
        return count
    }

    /// Returns the error for a text such as `round=2`, which gives a modifier a number. An amount or a time is never a
    /// word, so such a text cannot be meant as a map. Returns nil if the text may be a map.
    private static func assignment(_ text: Substring, of macro: Macro) -> Invalid? {
        guard macro.kind == .money || macro.kind == .time else { return nil }
        let parts = text.utf8.split(separator: UInt8(ascii: "="), omittingEmptySubsequences: false).map(Substring.init)
        guard parts.count == 2, let word = parts.first, !word.isEmpty, word.utf8.allSatisfy(\.isLetter),
            let meant = MacroModifier.meant(by: word, value: parts[1], of: macro)
        else { return nil }
        return Invalid("has no format \"\(String(text).cut(to: 64))\" for {\(macro.name)}; did you mean \"\(meant)\"?")
    }

    private static func unknown(_ text: Substring, of macro: Macro) -> Invalid {
        let hint =
            MacroModifier.meant(by: text, of: macro).map { "did you mean \"\($0)\"?" }
            ?? "a map is written {\(macro.name):a=1,b=2}"
        return Invalid("has no format \"\(String(text).cut(to: 64))\" for {\(macro.name)}; \(hint)")
    }
}
