import Text

/// Reads a date and a time of day from left to right.
struct DateReader {
    private var rest: Substring.UTF8View
    /// The order in dates with slashes or hyphens; nil if it is not known.
    private let order: DateOrder?

    init(_ text: String, order: DateOrder? = nil) {
        rest = Substring(text).utf8
        self.order = order
    }

    /// The years that the date of a conversion may have.
    private static let years = 1970...2199

    private enum Day {
        case clear(CalendarDay)
        case unclear(String)
    }

    mutating func read() -> LooseTime {
        guard let day = day() else { return .unclear(LooseTime.advice) }
        switch day {
        case .unclear(let reason): return .unclear(reason)
        case .clear(let day):
            if rest.isEmpty {
                return .clear(
                    Timestamp(day: day, secondOfDay: 0), interpretation: "a day, read as its beginning in UTC")
            }
            guard consume("T", "t", " ") || consume(",") else { return .unclear(LooseTime.advice) }
            skipSpaces()
            return clock(of: day)
        }
    }

    /// Reads `20260601` or `20260601120000`.
    mutating func readCompact() -> LooseTime {
        guard let year = number(4...4), let month = number(2...2), let dayOfMonth = number(2...2),
            let day = DateReader.day(year, month, dayOfMonth)
        else { return .unclear(LooseTime.advice) }
        if rest.isEmpty {
            return .clear(Timestamp(day: day, secondOfDay: 0), interpretation: "a day, read as its beginning in UTC")
        }
        guard let hour = number(2...2), let minute = number(2...2), let second = number(2...2), hour < 24, minute < 60,
            second < 60
        else { return .unclear(LooseTime.advice) }
        return .clear(
            Timestamp(day: day, secondOfDay: hour * 3600 + minute * 60 + second),
            interpretation: "read as a time in UTC")
    }

    private static func day(_ year: Int, _ month: Int, _ day: Int) -> CalendarDay? {
        years.contains(year) ? CalendarDay(year: year, month: month, day: day) : nil
    }

    /// Reads a date; nil if there is none.
    private mutating func day() -> Day? {
        guard let first = number(4...4) ?? number(1...2), let separator = rest.first, "-/.".utf8.contains(separator)
        else { return nil }
        rest.removeFirst()
        guard let second = number(1...2), rest.first == separator else { return nil }
        rest.removeFirst()
        guard let third = number(4...4) ?? number(1...2) else { return nil }
        if DateReader.years.contains(first) { return DateReader.day(first, second, third).map(Day.clear) }
        guard first <= 31, DateReader.years.contains(third) else {
            return third < 100 ? .unclear("whose year must have four digits, such as \"2026-06-01\"") : nil
        }
        let dayFirst = DateReader.day(third, second, first)
        // In a date with points the day always comes first.
        if separator == UInt8(ascii: ".") { return dayFirst.map(Day.clear) }
        let monthFirst = DateReader.day(third, first, second)
        switch order {
        case .dayFirst: return dayFirst.map(Day.clear)
        case .monthFirst: return monthFirst.map(Day.clear)
        case .yearFirst: return nil
        case nil: break
        }
        switch (dayFirst, monthFirst) {
        case (let one?, let other?) where one != other:
            return .unclear("which could be \(one) or \(other); write the one that you mean")
        case (let day?, _), (nil, let day?): return .clear(day)
        case (nil, nil): return nil
        }
    }

    /// Reads `12:00`, `12:00:00` or `12:00:00.5`, each with or without AM or PM, and with or without an offset.
    private mutating func clock(of day: CalendarDay) -> LooseTime {
        guard var hour = number(1...2), consume(":"), let minute = number(2...2), minute < 60 else {
            return .unclear(LooseTime.advice)
        }
        var second = 0
        var millisecond = 0
        if consume(":") {
            guard let value = number(2...2), value < 60 else { return .unclear(LooseTime.advice) }
            second = value
            if consume(".") || consume(",") {
                guard let value = fraction() else { return .unclear(LooseTime.advice) }
                millisecond = value
            }
        }
        skipSpaces()
        if let isAfternoon = half() {
            guard (1...12).contains(hour) else { return .unclear(LooseTime.advice) }
            hour = hour % 12 + (isAfternoon ? 12 : 0)
            skipSpaces()
        }
        let isLocal = rest.isEmpty
        guard hour < 24, let offset = offset(), rest.isEmpty else { return .unclear(LooseTime.advice) }
        let time = Timestamp(
            day: day, secondOfDay: hour * 3600 + minute * 60 + second - offset, millisecond: millisecond)
        return .clear(
            time, interpretation: isLocal ? "without an offset, read as UTC" : "read as a time in RFC 3339")
    }

    /// Reads AM (false) or PM (true); nil if there is neither.
    private mutating func half() -> Bool? {
        let word = rest.prefix(2).map { $0 | 0x20 }
        guard word.count == 2, word[1] == UInt8(ascii: "m"),
            word[0] == UInt8(ascii: "a") || word[0] == UInt8(ascii: "p")
        else { return nil }
        rest.removeFirst(2)
        return word[0] == UInt8(ascii: "p")
    }

    /// Reads the offset in seconds east of UTC: none, `Z`, `UTC`, `GMT`, `+02:00`, `+0200` or `+02`; nil for anything
    /// else.
    private mutating func offset() -> Int? {
        if rest.isEmpty || consume("Z", "z") { return 0 }
        if let word = ["UTC", "GMT"].first(where: { rest.starts(with: $0.utf8) }) {
            rest.removeFirst(word.utf8.count)
            return 0
        }
        let isWest = consume("-")
        guard isWest || consume("+"), let hours = number(2...2), hours < 24 else { return nil }
        let hasColon = consume(":")
        let minutes = rest.isEmpty && !hasColon ? 0 : number(2...2)
        guard let minutes, minutes < 60 else { return nil }
        return (hours * 60 + minutes) * (isWest ? -60 : 60)
    }

    /// Reads a number of as many ASCII digits as `count` allows. If it allows different lengths, no further digit may
    /// follow.
    private mutating func number(_ count: ClosedRange<Int>) -> Int? {
        let isExact = count.lowerBound == count.upperBound
        let field = rest.prefix(count.upperBound).prefix(while: \.isDigit)
        guard count.contains(field.count) else { return nil }
        rest.removeFirst(field.count)
        if !isExact, rest.first?.isDigit == true { return nil }
        return field.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// Reads a fraction of at least one digit, as milliseconds.
    private mutating func fraction() -> Int? {
        let field = rest.prefix(while: \.isDigit)
        rest.removeFirst(field.count)
        return field.isEmpty ? nil : (field.prefix(3) + [0x30, 0x30]).prefix(3).reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private mutating func consume(_ characters: Unicode.Scalar...) -> Bool {
        guard let next = rest.first, characters.contains(Unicode.Scalar(next)) else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func skipSpaces() { while consume(" ") {} }
}
