/// Counts of durations by upper bounds, as a histogram of Prometheus.
package struct Histogram: Sendable {
    /// The upper bounds in seconds, ascending. Values above the last one are counted in `+Inf` only.
    package let bounds: [Double]
    /// The counts by bound, not cumulative; the last one is for values above all bounds.
    package private(set) var counts: [Int]
    /// The sum of the values in seconds.
    package private(set) var sum = 0.0

    package init(_ bounds: [Double]) {
        self.bounds = bounds
        counts = [Int](repeating: 0, count: bounds.count + 1)
    }

    package var count: Int { counts.reduce(0, +) }

    package mutating func add(_ seconds: Double) {
        counts[bounds.firstIndex { seconds <= $0 } ?? bounds.count] += 1
        sum += seconds
    }
}
