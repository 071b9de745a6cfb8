package import Input
import JSON
import Text

/// A point in time, in whole milliseconds.
package struct Timestamp: Sendable, Hashable, Comparable {
    /// Since 1970-01-01T00:00:00Z, without leap seconds.
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package init(day: CalendarDay, secondOfDay: Int, millisecond: Int = 0) {
        milliseconds = (Int64(day.number) * 86400 + Int64(secondOfDay)) * 1000 + Int64(millisecond)
    }

    package static func < (one: Timestamp, other: Timestamp) -> Bool { one.milliseconds < other.milliseconds }

    /// Whole seconds since 1970, rounded down.
    package var unixSeconds: Int64 { (milliseconds - millisecondOfSecond) / 1000 }

    /// The day in UTC.
    package var day: CalendarDay { CalendarDay(number: Int((unixSeconds - secondOfDay) / 86400)) }

    private var millisecondOfSecond: Int64 { (milliseconds % 1000 + 1000) % 1000 }
    private var secondOfDay: Int64 { (unixSeconds % 86400 + 86400) % 86400 }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC with milliseconds: `2026-01-02T03:04:05.678Z`.
    package var description: String {
        let second = Int(secondOfDay)
        let clock = [second / 3600, second / 60 % 60, second % 60].map { $0.padded(to: 2) }.joined(separator: ":")
        return "\(day)T\(clock).\(Int(millisecondOfSecond).padded(to: 3))Z"
    }
}

/// A day of the proleptic Gregorian calendar.
package struct CalendarDay: Sendable, Hashable {
    /// Days since 1970-01-01.
    package let number: Int

    package init(number: Int) { self.number = number }

    /// Nil for a date that does not exist.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let length =
            switch month {
            case 2: isLeap ? 29 : 28
            case 4, 6, 9, 11: 30
            default: 31
            }
        guard day <= length else { return nil }
        // Years begin in March here, so that the leap day is the last day of a year. An era is 400 years.
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        number = era * 146_097 + dayOfEra - 719_468
    }

    package var components: (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let year = yearOfEra + era * 400 + (month < 10 ? 0 : 1)
        return (year, month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
    }
}

extension CalendarDay: CustomStringConvertible {
    /// `2026-01-02`.
    package var description: String {
        let (year, month, day) = components
        return "\(year.padded(to: 4))-\(month.padded(to: 2))-\(day.padded(to: 2))"
    }
}

extension Int {
    fileprivate func padded(to width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
}

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

extension Timestamp {
    /// Reads a time that is written as this type writes it: `2026-01-02T03:04:05.678Z`.
    package init?(inUTC bytes: ArraySlice<UInt8>) {
        guard bytes.count == 24 else { return nil }
        let start = bytes.startIndex
        var isWrong = false
        func number(_ place: Int, _ width: Int) -> Int {
            var value = 0
            for index in start + place..<start + place + width {
                if !bytes[index].isDigit { isWrong = true }
                value = value &* 10 &+ Int(bytes[index] &- 0x30)
            }
            return value
        }
        for (place, byte) in Timestamp.separators where bytes[start + place] != byte { return nil }
        let (hour, minute, second) = (number(11, 2), number(14, 2), number(17, 2))
        guard let day = CalendarDay(year: number(0, 4), month: number(5, 2), day: number(8, 2)), hour < 24, minute < 60,
            second < 60
        else { return nil }
        let millisecond = number(20, 3)
        if isWrong { return nil }
        self.init(day: day, secondOfDay: hour * 3600 + minute * 60 + second, millisecond: millisecond)
    }

    private static let separators: [(place: Int, byte: UInt8)] = [
        (4, UInt8(ascii: "-")), (7, UInt8(ascii: "-")), (10, UInt8(ascii: "T")), (13, UInt8(ascii: ":")),
        (16, UInt8(ascii: ":")), (19, UInt8(ascii: ".")), (23, UInt8(ascii: "Z")),
    ]
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
