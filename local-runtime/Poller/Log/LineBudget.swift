/// Limits log lines to a number per second for all kinds together, and counts the lines of each kind that were left
/// out. Times are monotonic nanoseconds, passed in.
struct LineBudget<Kind: Hashable> {
    private let perSecond: Int
    /// When the running second began, with its first line; nil before the first line.
    private var start: Int64?
    private var written = 0
    private var leftOut: [Kind: Int] = [:]

    private static var second: Int64 { 1_000_000_000 }

    init(perSecond: Int) {
        self.perSecond = perSecond
    }

    /// Whether a line may be written now. If not, it is counted.
    mutating func mayWrite(_ kind: Kind, at now: Int64) -> Bool {
        if !isRunning(at: now) { (start, written) = (now, 0) }
        guard written < perSecond else {
            leaveOut(1, kind)
            return false
        }
        written += 1
        return true
    }

    /// Counts lines that were left out for another reason.
    mutating func leaveOut(_ count: Int, _ kind: Kind) {
        if count > 0 { leftOut[kind, default: 0] += count }
    }

    /// Removes and returns how many lines of each kind were left out, once the second is over. Empty for none.
    mutating func takeLeftOut(at now: Int64) -> [Kind: Int] {
        guard !leftOut.isEmpty, !isRunning(at: now) else { return [:] }
        defer { leftOut = [:] }
        return leftOut
    }

    private func isRunning(at now: Int64) -> Bool { start.map { now - $0 < LineBudget.second } ?? false }
}
