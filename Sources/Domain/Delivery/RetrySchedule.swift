package import Input
import System

/// The waits between the attempts of a delivery (R12).
package struct RetrySchedule: Sendable, Hashable {
    /// The waits after the first, second, … attempt.
    package let waits: [Duration]

    /// POSTBACKS_RETRY_SCHEDULE's default: eight attempts over about a day.
    package static let standard = RetrySchedule(
        waits: [30, 120, 600, 1800, 7200, 21600, 54000].map { .seconds($0) })
    /// The longest wait: 30 days, in seconds.
    private static let longest = 2_592_000.0

    private init(waits: [Duration]) { self.waits = waits }

    /// Reads seconds, decimals allowed, separated by commas. An empty text means one attempt and no other.
    package init(parsing text: String) throws(Invalid) {
        var waits: [Duration] = []
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        for part in parts where !(parts.count == 1 && part.allSatisfy(\.isWhitespace)) {
            let digits = String(part.drop { $0 == " " }.prefix { $0 != " " })
            guard let money = try? ExactDecimal(parsing: digits), let wait = Double(money.text), wait >= 0,
                wait <= RetrySchedule.longest, part.filter({ $0 != " " }) == digits
            else {
                throw Invalid(
                    "must be seconds separated by commas, each from 0 to 2592000, such as \"30,120,600\", not \"\(part.prefix(48))\""
                )
            }
            waits.append(.seconds(wait))
        }
        self.waits = waits
    }

    package var attempts: Int { waits.count + 1 }

    /// The time from the first attempt to the last, if no wait is lengthened.
    package var span: Duration { waits.reduce(.zero, +) }

    /// Returns the time until the next attempt, after attempt number `attempt` (from 1); nil if that was the last.
    /// `jitter`, from 0 to 1, lengthens the wait by 0 to 20 %. The wait is at least `retryAfter`.
    package func wait(afterAttempt attempt: Int, jitter: Double, retryAfter: Duration? = nil) -> Duration? {
        guard waits.indices.contains(attempt - 1) else { return nil }
        let milliseconds = waits[attempt - 1].milliseconds * (1 + 0.2 * min(max(jitter, 0), 1))
        return max(.milliseconds(Int64(milliseconds.rounded())), retryAfter ?? .zero)
    }
}

extension RetrySchedule: CustomStringConvertible {
    /// The waits in seconds as the setting writes them, such as `30,120,0.5`.
    package var description: String {
        waits.map { wait in Int(exactly: wait.seconds).map(String.init) ?? String(wait.seconds) }.joined(separator: ",")
    }
}
