import Text

/// The header field by which a receiver asks for a longer wait (RFC 9110 §10.2.3).
package enum RetryAfter {
    /// The longest wait that a receiver can ask for: six hours.
    package static let limit: Duration = .seconds(21600)

    /// Returns the time from `now` on, at most `limit`. Nil if the field is absent, repeated or invalid, or lies in the
    /// past.
    package static func wait(_ values: [String], now: Timestamp) -> Duration? {
        guard values.count == 1 else { return nil }
        let text = values[0].withoutSpacesAtEnds
        if !text.isEmpty, text.utf8.allSatisfy(\.isDigit) {
            return text.utf8.reduce(.zero) { min($0 * 10 + .seconds(Int($1 - 0x30)), limit) }
        }
        guard let date = HTTPDate.parse(text, now: now) else { return nil }
        let wait: Duration = .milliseconds(date.milliseconds - now.milliseconds)
        return wait > .zero ? min(wait, limit) : nil
    }
}

/// A date in one of the three forms of RFC 9110 §5.6.7.
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    static func parse(_ text: String, now: Timestamp) -> Timestamp? {
        guard let form = days.first(where: { text.hasPrefix($0.prefix(3)) }) else { return nil }
        var scanner = DigitScanner(text)
        if scanner.consume(word: "\(form), ") { return obsolete(&scanner, now) }
        _ = scanner.consume(word: String(form.prefix(3)))
        return scanner.consume(word: ", ") ? fixed(&scanner) : scanner.consume(" ") ? asctime(&scanner) : nil
    }

    /// Reads `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func fixed(_ scanner: inout DigitScanner) -> Timestamp? {
        guard let day = scanner.number(2), scanner.consume(" "), let month = month(&scanner), scanner.consume(" "),
            let year = scanner.number(4), scanner.consume(" "), let second = clock(&scanner),
            scanner.consume(word: " GMT")
        else { return nil }
        return time(scanner, year, month, day, second)
    }

    /// Reads `Sunday, 06-Nov-94 08:49:37 GMT`. A year more than 50 years ahead is read as the past one with the same
    /// last digits.
    private static func obsolete(_ scanner: inout DigitScanner, _ now: Timestamp) -> Timestamp? {
        guard let day = scanner.number(2), scanner.consume("-"), let month = month(&scanner), scanner.consume("-"),
            let digits = scanner.number(2), scanner.consume(" "), let second = clock(&scanner),
            scanner.consume(word: " GMT")
        else { return nil }
        let thisYear = now.day.components.year
        let year = thisYear - thisYear % 100 + digits
        return time(scanner, year > thisYear + 50 ? year - 100 : year, month, day, second)
    }

    /// Reads `Sun Nov  6 08:49:37 1994`.
    private static func asctime(_ scanner: inout DigitScanner) -> Timestamp? {
        guard let month = month(&scanner), scanner.consume(" "),
            let day = scanner.consume(" ") ? scanner.number(1) : scanner.number(2), scanner.consume(" "),
            let second = clock(&scanner), scanner.consume(" "), let year = scanner.number(4)
        else { return nil }
        return time(scanner, year, month, day, second)
    }

    private static func month(_ scanner: inout DigitScanner) -> Int? {
        for (index, name) in months.enumerated() where scanner.consume(word: name) { return index + 1 }
        return nil
    }

    /// Reads the second of the day; a leap second is read as the one after it.
    private static func clock(_ scanner: inout DigitScanner) -> Int? {
        guard let hour = scanner.number(2), hour < 24, scanner.consume(":"), let minute = scanner.number(2),
            minute < 60,
            scanner.consume(":"), let second = scanner.number(2), second <= 60
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    private static func time(
        _ scanner: DigitScanner, _ year: Int, _ month: Int, _ day: Int, _ second: Int
    ) -> Timestamp? {
        guard scanner.isAtEnd, let day = CalendarDay(year: year, month: month, day: day) else { return nil }
        return Timestamp(day: day, secondOfDay: second)
    }
}
