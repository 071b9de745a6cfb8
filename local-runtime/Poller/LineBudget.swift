/// Which log lines may be written: of all kinds together so many in a second. Of the others it is counted how many there were of
/// each kind. Times are monotonic nanoseconds, passed in.
struct LineBudget<Kind: Hashable> {
    private let perSecond: Int
    /// When the running second began: with the first line in it. Nil before the first.
    private var start: Int64?
    private var written = 0
    private var leftOut: [Kind: Int] = [:]

    private static var second: Int64 { 1_000_000_000 }

    init(perSecond: Int) {
        self.perSecond = perSecond
    }

    /// Whether one may be written now. One that may not is counted.
    mutating func mayWrite(_ kind: Kind, at now: Int64) -> Bool {
        if !isRunning(at: now) { (start, written) = (now, 0) }
        guard written < perSecond else {
            leaveOut(1, kind)
            return false
        }
        written += 1
        return true
    }

    /// Counts some of which nothing else is known.
    mutating func leaveOut(_ count: Int, _ kind: Kind) {
        if count > 0 { leftOut[kind, default: 0] += count }
    }

    /// How many were left out of each kind, once the second is over; told once. Empty for none.
    mutating func takeLeftOut(at now: Int64) -> [Kind: Int] {
        guard !leftOut.isEmpty, !isRunning(at: now) else { return [:] }
        defer { leftOut = [:] }
        return leftOut
    }

    private func isRunning(at now: Int64) -> Bool { start.map { now - $0 < LineBudget.second } ?? false }
}
