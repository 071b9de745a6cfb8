import System

/// How fast requests to one destination may start. An answer 429 or 503 halves the pace, down to one request in 30
/// seconds. Each other answer doubles the pace up to a quarter of the pace that was refused, and raises it a little
/// from there on, until there is no limit. Times are passed in.
struct Pace {
    /// The time between two starts; zero is no limit.
    private(set) var interval: Duration = .zero
    /// When the next request may start.
    private(set) var next: Instant = .distantPast
    private var slowedAt: Instant = .distantPast
    /// The interval that applied before the destination began its latest series of refusals.
    private var refused: Duration = .zero
    private var isRefusing = false

    private static let first: Duration = .milliseconds(50)
    private static let longest: Duration = .seconds(30)
    /// A shorter interval is no limit any more.
    private static let shortest: Duration = .milliseconds(1)
    /// The time for which starts that were not used may be used later.
    private static let burst: Duration = .milliseconds(20)

    /// Whether there is a limit.
    var isLimited: Bool { interval > .zero }

    /// How many requests may start now.
    func starts(at now: Instant) -> Int {
        if interval == .zero { return .max }
        if now < next { return 0 }
        return 1 + Int(min(now - max(next, now - Pace.burst), Pace.burst) / interval)
    }

    mutating func started(at now: Instant) {
        guard interval > .zero else { return }
        next = max(next, now - Pace.burst) + interval
    }

    /// Takes a 429 or 503. Of requests that were in flight together only the first one counts. The request of this
    /// answer was started at `start`.
    mutating func slowDown(start: Instant, at now: Instant) {
        guard start > slowedAt else { return }
        slowedAt = now
        if !isRefusing { (refused, isRefusing) = (interval, true) }
        interval = min(max(interval * 2, Pace.first), Pace.longest)
        next = now + interval
    }

    /// Takes another answer. It halves the interval if the pace is then no faster than a quarter of the refused one;
    /// otherwise it reduces the interval by a sixteenth; the shorter the interval, the smaller the reduction, down to a
    /// 64th.
    mutating func speedUp() {
        isRefusing = false
        guard interval > .zero else { return }
        let slowdown = min(max(Int(.milliseconds(3200) / interval), 16), 64)
        let divisor = interval / 2 >= max(refused * 4, Pace.first) ? 2 : slowdown
        interval -= interval / divisor
        if interval < Pace.shortest { interval = .zero }
    }
}
