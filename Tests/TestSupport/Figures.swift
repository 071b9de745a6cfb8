import Glibc
package import POSIX

/// A number with so many decimals.
package func format(_ value: Double, _ decimals: Int = 0) -> String {
    var scale = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = Int((value * Double(scale)).rounded())
    if decimals == 0 { return String(scaled) }
    return "\(scaled / scale).\(String(scaled % scale + scale).dropFirst())"
}

extension [Double] {
    package var median: Double { percentile(50) }

    /// The smallest value that so many percent do not exceed.
    package func percentile(_ percent: Double) -> Double {
        guard !isEmpty else { return .nan }
        let rank = Int((percent / 100 * Double(count)).rounded(.up))
        return sorted()[Swift.max(0, Swift.min(count, rank) - 1)]
    }
}

extension Clock {
    /// - Parameter start: of the monotonic clock.
    package static func seconds(since start: Int64) -> Double { Double(monotonicNanoseconds - start) / 1e9 }
}
