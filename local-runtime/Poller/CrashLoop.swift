/// A process that keeps ending, and when to tell of it: as it ends for the first time, then once a minute with the count, and when
/// one has run and answered for a minute. Times are monotonic nanoseconds, passed in.
struct CrashLoop {
    private var trouble = Trouble()
    private var ends = 0
    private var lastEnd: Int64 = 0

    /// How often it has ended since the first time, which is so many seconds ago.
    struct Report: Equatable {
        let ends: Int
        let seconds: Int
    }

    /// - Returns: what is to be told now.
    mutating func ended(at now: Int64) -> Report? {
        (ends, lastEnd) = (ends + 1, now)
        return switch trouble.occurs(at: now) {
        case .begins?: Report(ends: ends, seconds: 0)
        case .lasts(let seconds)?: Report(ends: ends, seconds: seconds)
        case nil: nil
        }
    }

    /// A process runs that has answered.
    /// - Returns: the whole of what is over now; nil if there was none, or one end alone.
    mutating func answers(at now: Int64) -> Report? {
        guard ends > 0, now - lastEnd >= Trouble.interval else { return nil }
        defer { self = CrashLoop() }
        guard let seconds = trouble.ends(at: lastEnd), ends > 1 else { return nil }
        return Report(ends: ends, seconds: seconds)
    }
}
