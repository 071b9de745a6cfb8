import JSON
import Text

/// The JSON type of a macro that is not a string in a JSON body: `{payout:number}`, `{is_test:boolean}`.
package enum JSONType: String, CaseIterable, Sendable {
    /// A number with the digits of the text.
    case number
    /// `true` or `1`, `false` or `0`.
    case boolean

    /// Returns the value that a text stands for; nil if it stands for none of this type.
    func value(_ text: String) -> JSON? {
        switch self {
        case .number: JSONType.isNumber(text.utf8) ? .number(text) : nil
        case .boolean:
            switch text {
            case "true", "1": .bool(true)
            case "false", "0": .bool(false)
            default: nil
            }
        }
    }

    /// Whether a text is a JSON number (RFC 8259 §6).
    private static func isNumber(_ text: String.UTF8View) -> Bool {
        var rest = text[...]
        func consume(_ characters: String) -> Bool {
            guard let next = rest.first, characters.utf8.contains(next) else { return false }
            rest = rest.dropFirst()
            return true
        }
        func consumeDigits() -> Bool {
            let digits = rest.prefix(while: \.isDigit)
            rest = rest.dropFirst(digits.count)
            return !digits.isEmpty
        }
        _ = consume("-")
        if !consume("0") {
            guard consumeDigits() else { return false }
        }
        if consume(".") {
            guard consumeDigits() else { return false }
        }
        if consume("eE") {
            _ = consume("+-")
            guard consumeDigits() else { return false }
        }
        return rest.isEmpty
    }
}
