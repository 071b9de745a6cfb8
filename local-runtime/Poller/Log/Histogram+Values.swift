import Store

extension Histogram {
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

    /// A bound without a fraction of zero: `20`, not `20.0`.
    private static func text(_ bound: Double) -> String {
        bound == bound.rounded() ? String(Int(bound)) : String(bound)
    }
}
