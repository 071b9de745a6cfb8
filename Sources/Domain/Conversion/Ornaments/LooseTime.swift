import JSON
import Text

/// The meaning of a time that is not written by RFC 3339.
package enum LooseTime {
    /// Only this time can be meant; `what` says how it was written.
    case clear(Timestamp, interpretation: String)
    /// A message that says what is wrong and what to write instead.
    case unclear(String)

    /// Reads these forms; a time without an offset is in UTC:
    /// - Unix times in seconds, milliseconds, microseconds and nanoseconds, which it tells apart by their digits
    /// - dates in the order year, month, day, German dates (`01.06.2026`), and dates with slashes or hyphens in which
    ///   only one of the numbers can be a month, all with or without a time of day
    /// - the dates of HTTP (RFC 9110 §5.6.7)
    ///
    /// - Parameters:
    ///   - text: The text as it was given.
    ///   - order: The order in dates with slashes or hyphens, if it is known.
    package init(_ text: String, order: DateOrder? = nil) {
        let text = text.withoutWhiteSpaceAtEnds
        guard !text.isEmpty, text.utf8.count <= 64 else {
            self = .unclear(LooseTime.advice)
            return
        }
        if text.utf8.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: ".") }), text.utf8.count(where: { !$0.isDigit }) < 2
        {
            self = LooseTime.number(text)
        } else if let time = HTTPDate.parse(text, now: Timestamp(milliseconds: 0)) {
            self = .clear(time, interpretation: "read as a date in the format of HTTP")
        } else {
            var reader = DateReader(text, order: order)
            self = reader.read()
        }
    }

    static let advice = "which is not a time in RFC 3339, such as \"2026-06-01T12:00:00Z\""

    /// Reads a number by the count of its digits before the point: that of today's Unix times, or of a date without
    /// separators.
    private static func number(_ text: String) -> LooseTime {
        let digits = text.utf8.prefix { $0 != UInt8(ascii: ".") }
        guard digits.first != UInt8(ascii: "0"), let number = Int64(String(Substring(digits))) else {
            return .unclear(advice)
        }
        let isWhole = digits.count == text.utf8.count
        switch digits.count {
        case 5 where (20_000...80_000).contains(number):
            return .unclear(
                "which looks like the number of a day in a spreadsheet; write it as a date, such as \"2026-06-01\"")
        case 8 where isWhole, 14 where isWhole:
            var reader = DateReader(text)
            return reader.readCompact()
        case 10:
            let fraction = (String(text.dropFirst(11)) + "000").prefix(3)
            return .clear(
                Timestamp(milliseconds: number * 1000 + (Int64(fraction) ?? 0)), interpretation: "in seconds since 1970"
            )
        case 13: return .clear(Timestamp(milliseconds: number), interpretation: "in milliseconds since 1970")
        case 16: return .clear(Timestamp(milliseconds: number / 1000), interpretation: "in microseconds since 1970")
        case 19: return .clear(Timestamp(milliseconds: number / 1_000_000), interpretation: "in nanoseconds since 1970")
        default: return .unclear(advice)
        }
    }
}
