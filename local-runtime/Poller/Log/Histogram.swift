/// Counts of values by upper bounds, as a histogram of Prometheus.
struct Histogram {
    /// The upper bounds in seconds, ascending. Values above the last one are counted in `+Inf` only.
    let bounds: [Double]
    /// The counts by bound, not cumulative; the last one is for values above all bounds.
    private(set) var counts: [Int]
    /// The sum of the values in seconds.
    private(set) var sum = 0.0

    init(_ bounds: [Double]) {
        self.bounds = bounds
        counts = [Int](repeating: 0, count: bounds.count + 1)
    }

    var count: Int { counts.reduce(0, +) }

    mutating func add(_ seconds: Double) {
        counts[bounds.firstIndex { seconds <= $0 } ?? bounds.count] += 1
        sum += seconds
    }

    /// The values of the text format: cumulative buckets, sum and count. `labels` is empty, or ends with a comma.
    func values(_ name: String, labels: String = "") -> [(name: String, labels: String, value: Double)] {
        guard count > 0 else { return [] }
        var values: [(name: String, labels: String, value: Double)] = []
        var seen = 0
        for (bound, number) in zip(bounds.map { Histogram.text($0) } + ["+Inf"], counts) {
            seen += number
            values.append(("\(name)_bucket", "\(labels)le=\"\(bound)\"", Double(seen)))
        }
        let plain = String(labels.dropLast())
        return values + [("\(name)_sum", plain, sum), ("\(name)_count", plain, Double(seen))]
    }

    /// A bound without a fraction that says nothing: `20`, not `20.0`.
    private static func text(_ bound: Double) -> String {
        bound == bound.rounded() ? String(Int(bound)) : String(bound)
    }
}
