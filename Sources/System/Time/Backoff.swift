/// Growing waits between tries: the first one, then twice the last one, up to the longest.
package struct Backoff: Sendable {
    private let first: Duration
    private let longest: Duration
    /// The number of failures since the last success.
    package private(set) var failures = 0

    package init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = longest
    }

    /// Records a failure.
    /// - Returns: how long to wait before the next try.
    package mutating func fail() -> Duration {
        // 2 to the power of 30 times any first wait exceeds every longest one.
        let wait = min(first * (1 << min(failures, 30)), longest)
        failures += 1
        return wait
    }

    /// Records a success: the next failure waits for the first wait again.
    package mutating func succeed() { failures = 0 }
}
