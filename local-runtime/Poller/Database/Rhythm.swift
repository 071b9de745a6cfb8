import Store
import System

/// When to look for due destinations, and how: every 2 ms for a while after activity, then at growing intervals up to
/// one second. Looks take no more than a tenth of the time. If rows are owed to many destinations, each look goes
/// through a part of the outbox only, so that nothing waits long behind one. An announcement brings forward a look for
/// known destinations if a further part of the outbox is still to be looked through.
///
/// If looks through the outbox are slow, because an old transaction keeps dead rows, they are made apart, on a connection
/// of their own: no claim waits for them, and looks for known destinations find most of what is due. Times are passed
/// in.
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
    /// Whether looks through the outbox are made apart, because the last one was slow.
    private(set) var looksApart = false
    private var isApartUnderWay = false

    private static let shortest: Duration = .milliseconds(2)
    private static let longest: Duration = .seconds(1)
    /// The longest pause before the next part. Without it, a look that took a minute because the database did not
    /// respond would prevent further looks for ten minutes.
    private static let longestPause: Duration = .seconds(10)
    /// A look for known destinations that takes longer counts as slow.
    private static let slowLook: Duration = .milliseconds(50)
    /// A look through the outbox that takes longer is slow. It takes less than a millisecond for a hundred destinations
    /// without dead rows. Fresh deliveries wait for up to ten times as long if looks of this length are not made apart.
    private static let slowPart: Duration = .milliseconds(2)
    /// How long the shortest interval is kept after activity. It exceeds the time for which an announcement may be held
    /// back.
    private static let activeTime: Duration = .milliseconds(100)

    var nextLook: Instant { min(next, expected, place == .start || looksApart ? .distantFuture : nextPart) }

    /// When the next look that is made apart is due.
    var nextLookApart: Instant { looksApart && !isApartUnderWay ? nextPart : .distantFuture }

    /// The look to take now; nil for none.
    func look(now: Instant) -> Look? {
        guard now >= nextLook else { return nil }
        return now >= nextPart && !looksApart ? .part(behind: place) : .known
    }

    /// The place at which a look that is made apart starts now; nil if none starts. The look counts as under way from
    /// now on.
    mutating func startLookApart(now: Instant) -> Outbox.Place? {
        guard now >= nextLookApart else { return nil }
        isApartUnderWay = true
        return place
    }

    /// Ends the looks that are made apart, because there is no connection for them.
    mutating func giveUpLooksApart() {
        looksApart = false
        isApartUnderWay = false
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
        let pause = pause(after: now - started)
        switch look {
        case .part:
            notePart(reached: reached, started: started, now: now)
            rest = .distantPast
            // A look for known destinations is cheap.
            next = now + (nextPart > now ? interval : max(interval, pause))
        case .known:
            rest = now - started > Rhythm.slowLook ? now + pause : .distantPast
            next = now + max(interval, pause)
        }
    }

    /// Notes that a look that was made apart has ended.
    mutating func lookedApart(reached: Outbox.Place? = nil, started: Instant, now: Instant) {
        isApartUnderWay = false
        notePart(reached: reached, started: started, now: now)
    }

    private mutating func notePart(reached: Outbox.Place?, started: Instant, now: Instant) {
        looksApart = now - started > Rhythm.slowPart
        place = reached ?? .start
        nextPart = reached != nil || looksApart ? now + pause(after: now - started) : .distantPast
    }

    private func pause(after look: Duration) -> Duration { min(look * 10, Rhythm.longestPause) }
}
