import Store

/// When to look for due destinations, and how: every 2 ms for a while after activity, then at growing intervals up to
/// one second. Looks take no more than a tenth of the time. If rows are owed to many destinations, each look goes
/// through a part of the outbox only, so that nothing waits long behind one. Until the next part, and while looks are
/// slow because an old transaction keeps dead rows, an announcement brings forward a look for known destinations. Times
/// are monotonic nanoseconds, passed in.
struct Rhythm {
    /// How to look.
    enum Look: Equatable {
        /// Goes through the outbox, from a place on.
        case part(behind: Outbox.Place)
        /// Asks only for destinations that are known.
        case known
    }

    private var next: Int64 = 0
    /// Something is known to be due at this time.
    private var expected: Int64 = .max
    private var interval = Rhythm.shortest
    private var lastActivity: Int64 = 0
    /// Where the next part begins.
    private var place = Outbox.Place.start
    /// Looks before this time are for known destinations only: there is more to look through, or the last part took too
    /// long.
    private var nextPart: Int64 = .min
    /// Announcements do not bring the next look forward to before this time: the last look for known destinations took
    /// too long.
    private var rest: Int64 = .min

    private static let shortest: Int64 = 2_000_000
    private static let longest: Int64 = 1_000_000_000
    /// The longest pause before the next part, so that a single look that took a minute, because the database stood
    /// still, does not stop the looks.
    private static let longestPause: Int64 = 10_000_000_000
    /// A look that takes longer counts as slow.
    private static let slowLook: Int64 = 50_000_000
    /// How long the shortest interval is kept after activity. It exceeds the time for which an announcement may be held
    /// back.
    private static let activeTime: Int64 = 100_000_000

    var nextLook: Int64 { min(next, expected, place == .start ? .max : nextPart) }

    /// The look to take now; nil for none.
    func look(now: Int64) -> Look? {
        guard now >= nextLook else { return nil }
        return now >= nextPart ? .part(behind: place) : .known
    }

    /// Plans a look at a time when something will be due.
    mutating func expect(at time: Int64) { expected = min(expected, time) }

    /// Notes activity: an announcement, a claim or a new connection.
    mutating func wake(now: Int64) {
        lastActivity = now
        interval = Rhythm.shortest
        next = min(next, max(now, rest))
    }

    /// Notes that a look has ended. `reached` is the place where the next part begins; nil if nothing is left to look
    /// through.
    mutating func looked(_ look: Look, reached: Outbox.Place? = nil, started: Int64, now: Int64) {
        if now - lastActivity > Rhythm.activeTime { interval = min(interval * 2, Rhythm.longest) }
        if now >= expected { expected = .max }
        let pause = min(10 * (now - started), Rhythm.longestPause)
        let isSlow = now - started > Rhythm.slowLook
        switch look {
        case .part:
            place = reached ?? .start
            nextPart = reached != nil || isSlow ? now + pause : .min
            rest = .min
            // A look for known destinations is cheap.
            next = now + (nextPart > now ? interval : max(interval, pause))
        case .known:
            rest = isSlow ? now + pause : .min
            next = now + max(interval, pause)
        }
    }
}
