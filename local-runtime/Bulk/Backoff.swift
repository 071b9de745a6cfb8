/// How long to wait before the next try while a service is away, and when to give up. Times are monotonic nanoseconds.
struct Backoff {
    /// How long failures may last before `fail` gives up.
    let patience: Int64
    private(set) var since: Int64?
    private var failures = 0

    init(patience: Int64) {
        self.patience = patience
    }

    private static let first: Int64 = 250_000_000
    private static let longest: Int64 = 5_000_000_000

    /// Notes a failure.
    /// - Returns: when to try again; nil to give up.
    mutating func fail(now: Int64) -> Int64? {
        let start = since ?? now
        since = start
        failures += 1
        guard now - start < patience else { return nil }
        let wait = min(Backoff.longest, Backoff.first << Int64(min(failures - 1, 6)))
        return min(now + wait, start + patience)
    }

    /// Notes a success.
    mutating func succeed() {
        since = nil
        failures = 0
    }
}
