import Store
import System

/// When to look for due destinations, and how: every 2 ms for a while after activity, then at growing intervals up to
/// one second. Looks take no more than a tenth of the time. If rows are owed to many destinations, each look goes
/// through a part of the outbox only, so that nothing waits long behind one. An announcement brings forward a look for
/// known destinations if a further part of the outbox is still to be looked through, or if looks are slow because an
/// old transaction keeps dead rows. Times are passed in.
struct Rhythm {
    /// How to look.
    enum Look: Equatable {
        /// Goes through the outbox, from a place on.
        case part(behind: Outbox.Place)
        /// Asks only for destinations that are known.
        case known
    }

    private var next: Instant = .distantPast
    /// Something is known to be due at this time.
    private var expected: Instant = .distantFuture
    private var interval = Rhythm.shortest
    private var lastActivity: Instant = .distantPast
    /// Where the next part begins.
    private var place = Outbox.Place.start
    /// Looks before this time are for known destinations only: there is more to look through, or the last part took too
    /// long.
    private var nextPart: Instant = .distantPast
    /// The earliest time to which an announcement can bring the next look forward. A slow look for known destinations
    /// sets it.
    private var rest: Instant = .distantPast

    private static let shortest: Duration = .milliseconds(2)
    private static let longest: Duration = .seconds(1)
    /// The longest pause before the next part. Without it, a look that took a minute because the database did not
    /// respond would prevent further looks for ten minutes.
    private static let longestPause: Duration = .seconds(10)
    /// A look that takes longer counts as slow.
    private static let slowLook: Duration = .milliseconds(50)
    /// How long the shortest interval is kept after activity. It exceeds the time for which an announcement may be held
    /// back.
    private static let activeTime: Duration = .milliseconds(100)

    var nextLook: Instant { min(next, expected, place == .start ? .distantFuture : nextPart) }

    /// The look to take now; nil for none.
    func look(now: Instant) -> Look? {
        guard now >= nextLook else { return nil }
        return now >= nextPart ? .part(behind: place) : .known
    }

    /// Plans a look at a time when something will be due.
    mutating func expect(at time: Instant) { expected = min(expected, time) }

    /// Notes activity: an announcement, a claim or a new connection.
    mutating func wake(now: Instant) {
        lastActivity = now
        interval = Rhythm.shortest
        next = min(next, max(now, rest))
    }

    /// Notes that a look has ended. `reached` is the place where the next part begins; nil if nothing is left to look
    /// through.
    mutating func looked(_ look: Look, reached: Outbox.Place? = nil, started: Instant, now: Instant) {
        if now - lastActivity > Rhythm.activeTime { interval = min(interval * 2, Rhythm.longest) }
        if now >= expected { expected = .distantFuture }
        let pause = min((now - started) * 10, Rhythm.longestPause)
        let isSlow = now - started > Rhythm.slowLook
        switch look {
        case .part:
            place = reached ?? .start
            nextPart = reached != nil || isSlow ? now + pause : .distantPast
            rest = .distantPast
            // A look for known destinations is cheap.
            next = now + (nextPart > now ? interval : max(interval, pause))
        case .known:
            rest = isSlow ? now + pause : .distantPast
            next = now + max(interval, pause)
        }
    }
}
