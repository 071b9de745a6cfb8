/// Attempts counted by their duration, as in the columns of `attempt_counts` from `until_5` on.
struct DurationCounts {
    /// The upper bounds of the buckets in milliseconds. The last bucket has none.
    static let bounds: [Double] = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 20_000]

    private var buckets = [Int](repeating: 0, count: bounds.count + 1)
    /// The sum of the durations.
    private var milliseconds = 0

    var count: Int { buckets.reduce(0, +) }

    mutating func add(buckets more: [Int], milliseconds: Int) {
        for (index, count) in more.enumerated() where index < buckets.count { buckets[index] += count }
        self.milliseconds += milliseconds
    }

    mutating func add(_ other: DurationCounts) { add(buckets: other.buckets, milliseconds: other.milliseconds) }

    /// The mean in milliseconds; nil if there are no durations.
    var average: Int? { count > 0 ? (milliseconds + count / 2) / count : nil }

    /// The percentile in milliseconds, as if the durations of a bucket were spread evenly over it; nil if there are
    /// none. For the last bucket it is the lower bound, because that bucket has no upper one.
    func percentile(_ percent: Int) -> Int? {
        let count = count
        guard count > 0 else { return nil }
        let rank = Double(count * percent) / 100
        var seen = 0
        for (index, number) in buckets.enumerated() where number > 0 {
            let lower = index == 0 ? 0 : DurationCounts.bounds[index - 1]
            guard index < DurationCounts.bounds.count else { return Int(lower) }
            if Double(seen + number) >= rank {
                let share = (rank - Double(seen)) / Double(number)
                return Int((lower + (DurationCounts.bounds[index] - lower) * share).rounded())
            }
            seen += number
        }
        return nil
    }
}
