import Glibc
import System

/// Formats a number with `decimals` decimal places.
package func format(_ value: Double, _ decimals: Int = 0) -> String {
    var scale = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = Int((value * Double(scale)).rounded())
    if decimals == 0 { return String(scaled) }
    return "\(scaled / scale).\(String(scaled % scale + scale).dropFirst())"
}

extension [Double] {
    package var median: Double { percentile(50) }

    /// The smallest value that is not exceeded by `percent` percent of the values (nearest rank); NaN if there are
    /// none.
    package func percentile(_ percent: Double) -> Double {
        guard !isEmpty else { return .nan }
        let rank = Int((percent / 100 * Double(count)).rounded(.up))
        return sorted()[Swift.max(0, Swift.min(count, rank) - 1)]
    }
}
