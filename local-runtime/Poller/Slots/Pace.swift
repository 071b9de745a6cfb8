/// How fast requests to one destination may start. An answer 429 or 503 halves the pace, down to one request in 30
/// seconds. Each other answer doubles the pace up to a quarter of the pace that was refused, and raises it a little
/// from there on, until there is no limit. Times are monotonic nanoseconds, passed in.
struct Pace {
    /// The time between two starts; 0 is no limit.
    private(set) var interval: Int64 = 0
    /// When the next request may start.
    private(set) var next: Int64 = .min
    private var slowedAt: Int64 = .min
    /// The interval before the first of the latest refusals in a row.
    private var refused: Int64 = 0
    private var isRefusing = false

    private static let first: Int64 = 50_000_000
    private static let longest: Int64 = 30_000_000_000
    /// A shorter interval is no limit any more.
    private static let shortest: Int64 = 1_000_000
    /// How far back unused starts may be made up for.
    private static let burst: Int64 = 20_000_000

    /// How many requests may start now.
    func starts(at now: Int64) -> Int {
        if interval == 0 { return .max }
        if now < next { return 0 }
        return 1 + Int(min(now - max(next, now - Pace.burst), Pace.burst) / interval)
    }

    mutating func started(at now: Int64) {
        guard interval > 0 else { return }
        next = max(next, now - Pace.burst) + interval
    }

    /// Takes a 429 or 503. Of requests that were in flight together only the first one counts. The request of this
    /// answer was started at `start`.
    mutating func slowDown(start: Int64, at now: Int64) {
        guard start > slowedAt else { return }
        slowedAt = now
        if !isRefusing { (refused, isRefusing) = (interval, true) }
        interval = min(max(interval * 2, Pace.first), Pace.longest)
        next = now + interval
    }

    /// Takes another answer. It halves the interval if the pace is then no faster than a quarter of the refused one;
    /// else it takes off a sixteenth, down to a 64th when many requests fit into a second.
    mutating func speedUp() {
        isRefusing = false
        guard interval > 0 else { return }
        let divisor = interval / 2 >= max(4 * refused, Pace.first) ? 2 : min(max(3_200_000_000 / interval, 16), 64)
        interval -= interval / divisor
        if interval < Pace.shortest { interval = 0 }
    }
}
