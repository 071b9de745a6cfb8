/// A fault that lasts for a while, and when to report it: when it begins, every minute, and when it is over. Times are
/// monotonic nanoseconds, passed in.
struct Trouble {
    private var start: Int64?
    private var reportedAt: Int64 = 0

    static let interval: Int64 = 60_000_000_000

    /// The report that is to be made now.
    enum Report: Equatable {
        case begins
        /// It has lasted for this number of seconds.
        case lasts(seconds: Int)
    }

    /// To be called when the fault occurs.
    mutating func occurs(at now: Int64) -> Report? {
        guard let start else {
            (self.start, reportedAt) = (now, now)
            return .begins
        }
        guard now - reportedAt >= Trouble.interval else { return nil }
        reportedAt = now
        return .lasts(seconds: Trouble.seconds(from: start, to: now))
    }

    /// To be called when the fault does not occur.
    /// - Returns: for how many seconds the fault lasted; nil if there was none.
    mutating func ends(at now: Int64) -> Int? {
        guard let start else { return nil }
        self.start = nil
        return Trouble.seconds(from: start, to: now)
    }

    private static func seconds(from start: Int64, to now: Int64) -> Int {
        Int((now - start + 500_000_000) / 1_000_000_000)
    }
}
