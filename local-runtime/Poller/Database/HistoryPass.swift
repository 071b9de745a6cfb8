import Store
import System

/// Decides when a poller drops old history, and how much at once. Every hour it makes a pass over the conversions in
/// small batches, from the oldest to the first that is too young. After each batch it pauses for twice the time that
/// the batch took. So dropping takes at most a third of the time, and leaves the rest to other upkeep. Times are passed
/// in.
struct HistoryPass {
    /// The conversions of one batch. The rows of a batch are locked until it is committed, in some 50 ms.
    private static let batchSize = 500
    private static let interval: Duration = .seconds(3600)
    /// The wait after a batch that failed, or while another session drops history.
    private static let pause: Duration = .seconds(60)

    /// The numbers of rows that one pass has dropped.
    struct Total: Equatable {
        var conversions = 0
        var deliveries = 0
    }

    private var next: Instant = .distantPast
    /// The id of the conversion after which the next batch begins.
    private var place = 0
    private var startTime: Instant = .distantPast
    private var total = Total()
    private var isComplete = false

    /// The next batch; nil if it is not time for one yet.
    mutating func batch(keepDays: Int, now: Instant) -> DropHistory? {
        guard now >= next else { return nil }
        startTime = now
        // This wait applies if the batch fails.
        next = now + HistoryPass.pause
        return DropHistory(keepDays: keepDays, after: place, limit: HistoryPass.batchSize)
    }

    /// Takes the answer to a batch; nil if another session drops history.
    mutating func ended(_ answer: DropHistory.Dropped?, now: Instant) {
        guard let answer else { return }
        total.conversions += answer.conversions
        total.deliveries += answer.deliveries
        if let last = answer.last {
            place = last
            next = now + (now - startTime) * 2
        } else {
            place = 0
            next = now + HistoryPass.interval
            isComplete = true
        }
    }

    /// The result of the pass that has just ended; nil if none has ended, or if it has dropped nothing.
    mutating func takeTotal() -> Total? {
        guard isComplete else { return nil }
        defer { (total, isComplete) = (Total(), false) }
        return total == Total() ? nil : total
    }
}
