/// When to look through the outbox for destinations, and how. Often for a while after something happened, then ever more
/// seldom, down to once a second; looks take no more than a tenth of the time. While dead rows that an old transaction keeps
/// make looks through the whole outbox slow, what is announced brings looks for known destinations forward. Nanoseconds.
struct Rhythm {
    /// How to look.
    enum Look {
        /// Through the whole outbox.
        case whole
        /// For what is due to destinations that are known.
        case known
    }

    private var next: Int64 = 0
    /// Something is known to be due then.
    private var expected: Int64 = .max
    private var interval = Rhythm.shortest
    private var lastActivity: Int64 = 0
    /// Looks before are for known destinations only: the last whole one took too long.
    private var nextWhole: Int64 = .min
    /// What is announced before does not bring the next look forward: the last one for known destinations took too long.
    private var rest: Int64 = .min

    private static let shortest: Int64 = 2_000_000
    private static let longest: Int64 = 1_000_000_000
    /// The longest time without a whole look: one that took a minute for once, because the database stood still, is no measure.
    private static let patience: Int64 = 10_000_000_000
    /// A look that takes longer is dear.
    private static let dear: Int64 = 50_000_000
    /// How long the shortest interval is kept after something happened; longer than a wake-up may be held back.
    private static let attention: Int64 = 100_000_000

    var nextLook: Int64 { min(next, expected) }

    /// How to look now; nil for not.
    func look(now: Int64) -> Look? {
        guard now >= nextLook else { return nil }
        return now >= nextWhole ? .whole : .known
    }

    /// A look at that time will find something.
    mutating func expect(at time: Int64) { expected = min(expected, time) }

    /// Something was announced, claimed or connected.
    mutating func wake(now: Int64) {
        lastActivity = now
        interval = Rhythm.shortest
        next = min(next, max(now, rest))
    }

    /// A look has been taken.
    mutating func looked(_ look: Look, started: Int64, now: Int64) {
        if now - lastActivity > Rhythm.attention { interval = min(interval * 2, Rhythm.longest) }
        if now >= expected { expected = .max }
        let pause = min(10 * (now - started), Rhythm.patience)
        let dearUntil = now - started > Rhythm.dear ? now + pause : .min
        switch look {
        case .whole:
            nextWhole = dearUntil
            rest = .min
            // One for known destinations is cheap.
            next = now + (dearUntil > now ? interval : max(interval, pause))
        case .known:
            rest = dearUntil
            next = now + max(interval, pause)
        }
    }
}
