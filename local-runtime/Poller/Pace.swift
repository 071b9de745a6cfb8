/// How fast requests to one destination may start. One that answers 429 or 503 is sent half as many from then on, down to
/// one in 30 seconds; each other answer brings it a little nearer to no limit. Times are monotonic nanoseconds, passed in.
struct Pace {
    /// Between two starts; 0 is no limit.
    private(set) var interval: Int64 = 0
    /// When the next one may start.
    private(set) var next: Int64 = .min
    private var slowedAt: Int64 = .min

    private static let first: Int64 = 50_000_000
    private static let longest: Int64 = 30_000_000_000
    /// Below this it is no limit any more.
    private static let shortest: Int64 = 1_000_000
    /// What was not used of it may be made up for within this time.
    private static let burst: Int64 = 20_000_000

    /// How many may start now.
    func starts(at now: Int64) -> Int {
        if interval == 0 { return .max }
        if now < next { return 0 }
        return 1 + Int(min(now - max(next, now - Pace.burst), Pace.burst) / interval)
    }

    mutating func started(at now: Int64) {
        guard interval > 0 else { return }
        next = max(next, now - Pace.burst) + interval
    }

    /// It asked for fewer. Of several that were in flight together only the first one counts.
    /// - Parameter start: when the request that it answered was started.
    mutating func slowDown(start: Int64, at now: Int64) {
        guard start > slowedAt else { return }
        slowedAt = now
        interval = min(max(interval * 2, Pace.first), Pace.longest)
        next = now + interval
    }

    /// It took one: a sixteenth less, down to a 64th where many fit into a second.
    mutating func speedUp() {
        guard interval > 0 else { return }
        interval -= interval / min(max(3_200_000_000 / interval, 16), 64)
        if interval < Pace.shortest { interval = 0 }
    }
}
