import System

/// How many answers come in 50 ms, counted in periods of that length. Times are passed in.
struct Flow {
    static let period: Duration = .milliseconds(50)

    private var start: Instant = .distantPast
    private var count = 0
    /// The answers of the last complete period.
    private var last = 0

    mutating func came(at now: Instant) {
        let elapsed = now - start
        if elapsed >= Flow.period {
            // After a gap nothing is known of the last period.
            last = elapsed < Flow.period * 2 ? count : 0
            (start, count) = (now, 0)
        }
        count += 1
    }

    /// The number of answers to expect in the next period; 0 if none came for two periods.
    func answers(at now: Instant) -> Int { now - start < Flow.period * 2 ? max(last, count) : 0 }
}
