package import Input
import JSON
import Text

extension Timestamp {
    /// Reads RFC 3339: any offset, a fraction of any length (cut to milliseconds), years 0001–9999. A leap second
    /// (`:60`) is read as the second after it.
    package init?(parsing text: String) {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(4), scanner.consume("-"), let month = scanner.number(2), scanner.consume("-"),
            let dayOfMonth = scanner.number(2), scanner.consume("T", "t", " "),
            let day = CalendarDay(year: year, month: month, day: dayOfMonth),
            let hour = scanner.number(2), hour < 24, scanner.consume(":"), let minute = scanner.number(2), minute < 60,
            scanner.consume(":"), let second = scanner.number(2), second <= 60
        else { return nil }
        var millisecond = 0
        if scanner.consume(".") {
            guard let fraction = scanner.fraction() else { return nil }
            millisecond = second == 60 ? 0 : fraction
        }
        var offset = 0
        if !scanner.consume("Z", "z") {
            let isWest = scanner.consume("-")
            guard isWest || scanner.consume("+"), let hours = scanner.number(2), hours < 24, scanner.consume(":"),
                let minutes = scanner.number(2), minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (isWest ? -60 : 60)
        }
        guard scanner.isAtEnd else { return nil }
        self.init(
            day: day, secondOfDay: hour * 3600 + minute * 60 + second - offset, millisecond: millisecond)
        guard Timestamp.expressible.contains(milliseconds) else { return nil }
    }

    /// The years 0001–9999 in UTC, the only ones that can be written.
    private static let expressible: Range<Int64> = -62_135_596_800_000..<253_402_300_800_000
}

/// Reads fixed-width decimal fields.
struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    /// Reads exactly `width` ASCII digits.
    mutating func number(_ width: Int) -> Int? {
        let field = rest.prefix(width)
        guard field.count == width, field.allSatisfy(\.isDigit) else { return nil }
        rest = rest.dropFirst(width)
        return field.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// Takes the next character if it is one of these.
    mutating func consume(_ characters: Unicode.Scalar...) -> Bool {
        guard let next = rest.first, characters.contains(Unicode.Scalar(next)) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// Takes the word if the rest begins with it.
    mutating func consume(word: String) -> Bool {
        guard rest.starts(with: word.utf8) else { return false }
        rest = rest.dropFirst(word.utf8.count)
        return true
    }

    /// Reads a fraction of at least one digit, as milliseconds.
    mutating func fraction() -> Int? {
        let field = rest.prefix(while: \.isDigit)
        guard !field.isEmpty else { return nil }
        rest = rest.dropFirst(field.count)
        return (0..<3).reduce((0, field[...])) { sum, _ in
            (sum.0 * 10 + Int((sum.1.first ?? 0x30) - 0x30), sum.1.dropFirst())
        }.0
    }
}

extension Rule<Timestamp> {
    package static var timestamp: Rule {
        // Most validators do not check formats. The pattern checks what is possible without a calendar.
        let pattern =
            #"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt ]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"#
        func schema() -> JSON {
            [
                "title": "time by RFC 3339", "format": "date-time", "pattern": .string(pattern),
                "description":
                    "In UTC from the year 1 to 9999; a leap second is the second after it.",
            ]
        }
        func message(_ given: String, _ quoted: String) -> String {
            let hint = if case .clear(let time, _) = LooseTime(given) { "; did you mean \"\(time)\"?" } else { "" }
            return "must be a time in RFC 3339, such as \"2026-01-02T03:04:05.678Z\", not \(quoted)\(hint)"
        }
        let text = Rule<String>.text(1...64).parsed(placeholder: Timestamp(milliseconds: 0), schema: schema()) {
            text throws(Invalid) in
            guard let time = Timestamp(parsing: text) else { throw Invalid(message(text, "\"\(text)\"")) }
            return time
        }
        return Rule(schema: text.schema, placeholder: text.placeholder, blank: text.blank) { json, path, faults in
            guard case .number(let number) = json else { return text.read(json, path, &faults) }
            faults.append(Fault(path, message(number, "the number \(number.prefix(48))")))
            return nil
        }
    }
}
