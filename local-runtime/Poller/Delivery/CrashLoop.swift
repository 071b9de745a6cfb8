import System

/// Decides when to report that a process ends again and again: at its first end, then once a minute with the count, and
/// when a process has run and answered for a minute. Times are passed in.
struct CrashLoop {
    private var trouble = Trouble()
    private var ends = 0
    private var lastEnd: Instant = .distantPast

    /// How often it has ended since the first time, and how many seconds ago that was.
    struct Report: Equatable {
        let ends: Int
        let seconds: Int
    }

    /// - Returns: the report that is to be made now; nil for none.
    mutating func ended(at now: Instant) -> Report? {
        (ends, lastEnd) = (ends + 1, now)
        return switch trouble.occurs(at: now) {
        case .begins?: Report(ends: ends, seconds: 0)
        case .lasts(let seconds)?: Report(ends: ends, seconds: seconds)
        case nil: nil
        }
    }

    /// To be called while a process runs that has answered.
    /// - Returns: a report of the loop that is over now; nil if there was none, or a single end.
    mutating func answers(at now: Instant) -> Report? {
        guard ends > 0, now - lastEnd >= Trouble.interval else { return nil }
        defer { self = CrashLoop() }
        guard let seconds = trouble.ends(at: lastEnd), ends > 1 else { return nil }
        return Report(ends: ends, seconds: seconds)
    }
}
