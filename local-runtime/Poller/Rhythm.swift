/// When to look through the outbox for destinations. Often for a while after something happened, then ever more seldom,
/// down to once a second; while looking takes long, not so often that it takes more than a tenth of the time, whatever is
/// announced. Nanoseconds.
struct Rhythm {
    private var next: Int64 = 0
    /// Something is known to be due then.
    private var expected: Int64 = .max
    private var interval = Rhythm.shortest
    private var lastActivity: Int64 = 0
    /// What is announced before does not bring the next look forward: the last one took too long.
    private var rest: Int64 = .min

    private static let shortest: Int64 = 2_000_000
    private static let longest: Int64 = 1_000_000_000
    /// The longest time without a look: one that took a minute for once, because the database stood still, is no measure.
    private static let patience: Int64 = 10_000_000_000
    /// A look that takes longer is dear: dead rows that an old transaction keeps stand in its way.
    private static let dear: Int64 = 50_000_000
    /// How long the shortest interval is kept after something happened; longer than a wake-up may be held back.
    private static let attention: Int64 = 100_000_000

    var nextLook: Int64 { min(next, expected) }
    func isTimeToLook(now: Int64) -> Bool { now >= nextLook }

    /// A look at that time will find something.
    mutating func expect(at time: Int64) { expected = min(expected, time) }

    /// Something was announced, claimed or connected.
    mutating func wake(now: Int64) {
        lastActivity = now
        interval = Rhythm.shortest
        next = min(next, max(now, rest))
    }

    /// A look has been taken.
    mutating func looked(started: Int64, now: Int64) {
        if now - lastActivity > Rhythm.attention { interval = min(interval * 2, Rhythm.longest) }
        if now >= expected { expected = .max }
        let pause = min(10 * (now - started), Rhythm.patience)
        next = now + max(interval, pause)
        rest = now - started > Rhythm.dear ? now + pause : .min
    }
}
