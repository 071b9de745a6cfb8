import System

/// A fault that lasts for a while, and when to report it: when it begins, every minute, and when it is over. Times are
/// passed in.
struct Trouble {
    private var start: Instant?
    private var reportedAt: Instant = .distantPast

    static let interval: Duration = .seconds(60)

    /// The report that is to be made now.
    enum Report: Equatable {
        case begins
        /// It has lasted for this number of seconds.
        case lasts(seconds: Int)
    }

    /// To be called when the fault occurs.
    mutating func occurs(at now: Instant) -> Report? {
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
    mutating func ends(at now: Instant) -> Int? {
        guard let start else { return nil }
        self.start = nil
        return Trouble.seconds(from: start, to: now)
    }

    private static func seconds(from start: Instant, to now: Instant) -> Int {
        Int((now - start).seconds.rounded())
    }
}
