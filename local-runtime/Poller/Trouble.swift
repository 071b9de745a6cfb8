/// Something that goes wrong for a while, and when to tell of it: as it begins, every minute, and when it is over. Times are
/// monotonic nanoseconds, passed in.
struct Trouble {
    private var start: Int64?
    private var told: Int64 = 0

    static let interval: Int64 = 60_000_000_000

    /// What is to be told now.
    enum News: Equatable {
        case begins
        /// It has lasted for so many seconds.
        case lasts(seconds: Int)
    }

    /// It goes wrong now.
    mutating func occurs(at now: Int64) -> News? {
        guard let start else {
            (self.start, told) = (now, now)
            return .begins
        }
        guard now - told >= Trouble.interval else { return nil }
        told = now
        return .lasts(seconds: Trouble.seconds(from: start, to: now))
    }

    /// It goes well now.
    /// - Returns: for how many seconds it went wrong; nil if it did not.
    mutating func ends(at now: Int64) -> Int? {
        guard let start else { return nil }
        self.start = nil
        return Trouble.seconds(from: start, to: now)
    }

    private static func seconds(from start: Int64, to now: Int64) -> Int {
        Int((now - start + 500_000_000) / 1_000_000_000)
    }
}
