/// When to look through the outbox for destinations. Often for a while after something happened, then ever more seldom,
/// down to once a second; while looking takes long, not so often that it takes more than a tenth of the time. Nanoseconds.
struct Rhythm {
    private(set) var nextLook: Int64 = 0
    private var interval = Rhythm.shortest
    private var lastActivity: Int64 = .min

    private static let shortest: Int64 = 2_000_000
    private static let longest: Int64 = 1_000_000_000
    /// The longest time without a look: one that took a minute for once, because the database stood still, is no measure.
    private static let patience: Int64 = 10_000_000_000
    /// How long the shortest interval is kept after something happened; longer than a wake-up may be held back.
    private static let attention: Int64 = 100_000_000

    func isTimeToLook(now: Int64) -> Bool { now >= nextLook }

    /// Something was announced, claimed or connected.
    mutating func wake(now: Int64) {
        lastActivity = now
        interval = Rhythm.shortest
        nextLook = min(nextLook, now)
    }

    /// A look has been taken.
    mutating func looked(found: Bool, started: Int64, now: Int64) {
        if now - lastActivity > Rhythm.attention { interval = min(interval * 2, Rhythm.longest) }
        nextLook = now + max(interval, min(10 * (now - started), Rhythm.patience))
    }
}
