import Input
import JSON
import Text

/// A modifier of a macro's value. The parser of templates knows formats by these words, and `--help` shows them.
package enum MacroModifier: String, CaseIterable, Sendable {
    case fallback = "default"
    case raw
    case map
    case number
    case boolean
    case unix
    case unixms
    case date
    case pattern
    case minor
    case fixed

    /// The modifier in a template.
    package var example: String {
        switch self {
        case .fallback: "{sub2|none}"
        case .raw: "{_params.page}"
        case .map: "{status:pending=2,done=1,rejected=3}"
        case .number: "{payout:number}"
        case .boolean: "{is_test:boolean}"
        case .unix: "{occurred_at:unix}"
        case .unixms: "{occurred_at:unixms}"
        case .date: "{occurred_at:date}"
        case .pattern: "{occurred_at:yyyy-MM-dd HH:mm:ss}"
        case .minor: "{payout:minor}"
        case .fixed: "{revenue:fixed=2}"
        }
    }

    package var meaning: String {
        switch self {
        case .fallback: "The text to use if there is no value. It comes last: {payout:minor|0}."
        case .raw: "The value as it is, not percent-encoded. In the URL only."
        case .map: "Replaces words. Without a default, a value that is not in the map becomes empty."
        case .number:
            "A JSON number with the same digits; null without a value. Only as a whole value of requestParams with POST(JSON), also after another modifier: {occurred_at:unix:number}."
        case .boolean: "true for true or 1, false for false or 0, otherwise null. Allowed where :number is."
        case .unix: "Whole seconds since 1970. For every time."
        case .unixms: "Milliseconds since 1970. For every time."
        case .date: "The day in UTC. For every time."
        case .pattern: "A pattern of yyyy MM dd HH mm ss SSS in UTC; all other characters stay. For every time."
        case .minor: "Whole minor units of the conversion's currency, as ISO 4217 defines them. For every amount."
        case .fixed:
            "This number of decimals, 0 to \(ExactDecimal.fractionDigits), rounded half away from zero. For every amount."
        }
    }

    /// The modifier as it is written behind a macro's name.
    fileprivate var written: String {
        switch self {
        case .fallback: "|none"
        case .map: ":a=1,b=2"
        case .pattern: ":yyyy-MM-dd HH:mm:ss"
        case .fixed: ":fixed=2"
        case .raw, .number, .boolean, .unix, .unixms, .date, .minor: ":\(rawValue)"
        }
    }

    /// Whether other systems use this word for one of the modifiers.
    static func isOtherName(_ word: Substring) -> Bool { otherNames[word.lowercased()] != nil }

    /// Returns the modifier that a misspelt or foreign word stands for, as it is written behind a macro's name; for
    /// `raw`, the whole macro.
    static func meant(by word: Substring, of macro: Macro) -> String? {
        let known = word.utf8.count <= 32 ? otherNames[word.lowercased()] : nil
        let words = allCases.filter { $0 != .raw }.map(\.rawValue)
        let found = known ?? Spelling.completed(String(word), among: words).flatMap { MacroModifier(rawValue: $0) }
        return found.map { $0 == .raw ? "{_\(macro.name)}" : $0.written }
    }

    /// Returns the modifier that a word with a value stands for, such as `round=2`, as it is written behind a macro's
    /// name; nil if the macro takes no modifier of that kind.
    static func meant(by word: Substring, value: Substring, of macro: Macro) -> String? {
        let words = [MacroModifier.fixed, .minor, .unix, .unixms, .date, .number].map(\.rawValue)
        let known = word.utf8.count <= 32 ? otherNames[word.lowercased()] : nil
        let found = known ?? Spelling.completed(String(word), among: words).flatMap { MacroModifier(rawValue: $0) }
        switch (found, macro.kind) {
        case (.fixed, .money), (.number, .money):
            let isCount = (1...2).contains(value.utf8.count) && value.utf8.allSatisfy(\.isDigit)
            return isCount && (Int(value) ?? .max) <= ExactDecimal.fractionDigits
                ? ":fixed=\(value)" : MacroModifier.fixed.written
        case (.minor, .money), (.unix, .time), (.unixms, .time), (.date, .time), (.pattern, .time):
            return found?.written
        default: return nil
        }
    }

    private static let otherNames: [String: MacroModifier] = {
        let words: [(MacroModifier, String)] = [
            (.number, "num int integer numeric float double long"), (.boolean, "bool flag"),
            (.unix, "epoch seconds sec secs s timestamp ts unixtime unixtimestamp"),
            (.unixms, "ms msec millis milliseconds epochms"), (.date, "day ymd"),
            (.minor, "cents cent pence minorunits"),
            (.fixed, "2 round rounded decimal decimals precision"),
            (.pattern, "iso iso8601 rfc3339 datetime time format"), (.fallback, "else or fallback ifempty"),
            (.raw, "raw unencoded noencode noescape unescaped plain decode"), (.map, "switch case replace lookup"),
        ]
        return Dictionary(
            words.flatMap { modifier, words in words.split(separator: " ").map { (String($0), modifier) } },
            uniquingKeysWith: { first, _ in first })
    }()
}
