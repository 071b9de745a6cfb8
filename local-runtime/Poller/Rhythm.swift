import Store

/// When to look through the outbox for destinations, and how. Often for a while after something happened, then ever more
/// seldom, down to once a second; looks take no more than a tenth of the time. Where rows are owed to many destinations, each look
/// goes through a part of the outbox only, so that nothing waits for long behind one. Until the next part, and while dead rows
/// that an old transaction keeps make looks slow, what is announced brings looks for known destinations forward. Nanoseconds.
struct Rhythm {
    /// How to look.
    enum Look: Equatable {
        /// Through the outbox, behind a place.
        case part(behind: Outbox.Place)
        /// For what is due to destinations that are known.
        case known
    }

    private var next: Int64 = 0
    /// Something is known to be due then.
    private var expected: Int64 = .max
    private var interval = Rhythm.shortest
    private var lastActivity: Int64 = 0
    /// Where the next part begins.
    private var place = Outbox.Place.start
    /// Looks before are for known destinations only: there is more to look through, or the last part took too long.
    private var nextPart: Int64 = .min
    /// What is announced before does not bring the next look forward: the last one for known destinations took too long.
    private var rest: Int64 = .min

    private static let shortest: Int64 = 2_000_000
    private static let longest: Int64 = 1_000_000_000
    /// The longest time until the next part: one that took a minute for once, because the database stood still, is no measure.
    private static let patience: Int64 = 10_000_000_000
    /// A look that takes longer is dear.
    private static let dear: Int64 = 50_000_000
    /// How long the shortest interval is kept after something happened; longer than a wake-up may be held back.
    private static let attention: Int64 = 100_000_000

    var nextLook: Int64 { min(next, expected, place == .start ? .max : nextPart) }

    /// How to look now; nil for not.
    func look(now: Int64) -> Look? {
        guard now >= nextLook else { return nil }
        return now >= nextPart ? .part(behind: place) : .known
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
    /// - Parameter reached: where the next part begins; nil when there is no more to look through.
    mutating func looked(_ look: Look, reached: Outbox.Place? = nil, started: Int64, now: Int64) {
        if now - lastActivity > Rhythm.attention { interval = min(interval * 2, Rhythm.longest) }
        if now >= expected { expected = .max }
        let pause = min(10 * (now - started), Rhythm.patience)
        let isDear = now - started > Rhythm.dear
        switch look {
        case .part:
            place = reached ?? .start
            nextPart = reached != nil || isDear ? now + pause : .min
            rest = .min
            // One for known destinations is cheap.
            next = now + (nextPart > now ? interval : max(interval, pause))
        case .known:
            rest = isDear ? now + pause : .min
            next = now + max(interval, pause)
        }
    }
}
