/// How fast requests to one destination may start. One that answers 429 or 503 is sent half as many from then on, down to
/// one in 30 seconds. Each other answer brings it nearer to no limit: by half as long as it is slower than a quarter of the
/// pace that was refused first, and a little from there on. Times are monotonic nanoseconds, passed in.
struct Pace {
    /// Between two starts; 0 is no limit.
    private(set) var interval: Int64 = 0
    /// When the next one may start.
    private(set) var next: Int64 = .min
    private var slowedAt: Int64 = .min
    /// The interval before the refusals that came without another answer between them.
    private var refused: Int64 = 0
    private var isRefusing = false

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
        if !isRefusing { (refused, isRefusing) = (interval, true) }
        interval = min(max(interval * 2, Pace.first), Pace.longest)
        next = now + interval
    }

    /// It took one: half the interval if that is no faster than a quarter of what was refused, else a sixteenth less, down to
    /// a 64th where many fit into a second.
    mutating func speedUp() {
        isRefusing = false
        guard interval > 0 else { return }
        let divisor = interval / 2 >= max(4 * refused, Pace.first) ? 2 : min(max(3_200_000_000 / interval, 16), 64)
        interval -= interval / divisor
        if interval < Pace.shortest { interval = 0 }
    }
}
