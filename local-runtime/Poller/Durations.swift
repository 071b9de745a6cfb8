/// How long things took, in memory that does not grow: each octave of microseconds has eight buckets, so that what is read from
/// them is at most an eighth too long.
struct Durations {
    private var buckets = [Int](repeating: 0, count: 40 * Durations.steps)
    private(set) var count = 0

    private static let steps = 8

    mutating func add(nanoseconds: Int64) {
        buckets[min(Durations.bucket(of: max(1, Int(nanoseconds / 1000))), buckets.count - 1)] += 1
        count += 1
    }

    /// Milliseconds that so many of a hundred did not exceed; nil where there are none.
    func percentile(_ percent: Int) -> Double? {
        guard count > 0 else { return nil }
        let rank = (count * percent + 99) / 100
        var seen = 0
        for (bucket, number) in buckets.enumerated() {
            seen += number
            if seen >= rank { return Double(Durations.end(of: bucket)) / 1000 }
        }
        return nil
    }

    private static func bucket(of microseconds: Int) -> Int {
        let octave = Int.bitWidth - 1 - microseconds.leadingZeroBitCount
        return octave * steps + (((microseconds - (1 << octave)) * steps) >> octave)
    }

    /// The longest in the bucket, in microseconds, rounded up.
    private static func end(of bucket: Int) -> Int {
        let (octave, step) = bucket.quotientAndRemainder(dividingBy: steps)
        return (1 << octave) + (((step + 1) << octave) + steps - 1) / steps
    }
}
