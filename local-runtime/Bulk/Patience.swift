import System

/// How long a service may be away: when to try again after a failure, and when to give up.
struct Patience {
    /// How long failures may last.
    private let limit: Duration
    /// When the first failure since the last success was.
    private(set) var since: Instant?
    private var backoff = Backoff(first: .milliseconds(250), longest: .seconds(5))

    init(limit: Duration) {
        self.limit = limit
    }

    /// Records a failure.
    /// - Returns: when to try again; nil to give up.
    mutating func fail(now: Instant) -> Instant? {
        let start = since ?? now
        since = start
        guard now - start < limit else { return nil }
        return min(now + backoff.fail(), start + limit)
    }

    /// Records a success.
    mutating func succeed() {
        since = nil
        backoff.succeed()
    }
}
