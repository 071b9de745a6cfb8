import System

/// Limits log lines to a number per second for all kinds together, and counts the lines of each kind that were left
/// out. Times are passed in.
struct LineBudget<Kind: Hashable> {
    private let perSecond: Int
    /// When the present second began. A second begins with its first line; nil before the first line.
    private var start: Instant?
    private var written = 0
    private var leftOut: [Kind: Int] = [:]

    private static var second: Duration { .seconds(1) }

    init(perSecond: Int) {
        self.perSecond = perSecond
    }

    /// Whether a line may be written now. If not, it is counted.
    mutating func mayWrite(_ kind: Kind, at now: Instant) -> Bool {
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
    mutating func takeLeftOut(at now: Instant) -> [Kind: Int] {
        guard !leftOut.isEmpty, !isRunning(at: now) else { return [:] }
        defer { leftOut = [:] }
        return leftOut
    }

    private func isRunning(at now: Instant) -> Bool { start.map { now - $0 < LineBudget.second } ?? false }
}
