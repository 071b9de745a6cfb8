import System

/// A histogram of durations in constant memory: each octave of microseconds has eight buckets, so that a percentile is
/// at most an eighth too long.
struct Durations {
    private var buckets = [Int](repeating: 0, count: 40 * Durations.steps)
    private(set) var count = 0

    private static let steps = 8

    mutating func add(_ duration: Duration) {
        let microseconds = max(1, Int(duration.seconds * 1e6))
        buckets[min(Durations.bucket(of: microseconds), buckets.count - 1)] += 1
        count += 1
    }

    /// The percentile in milliseconds; nil if there are no durations.
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

    /// The longest duration in the bucket, in microseconds, rounded up.
    private static func end(of bucket: Int) -> Int {
        let (octave, step) = bucket.quotientAndRemainder(dividingBy: steps)
        return (1 << octave) + (((step + 1) << octave) + steps - 1) / steps
    }
}
