/// The values of one quantity, one for each round of a measurement.
package struct Measure: Sendable, Equatable {
    package let values: [Double]
    package let unit: Unit

    package init(_ values: [Double], _ unit: Unit) {
        self.values = values
        self.unit = unit
    }

    /// The middle value; the mean of the two middle ones if their number is even; NaN if there are none.
    package var median: Double {
        let sorted = values.sorted()
        guard let last = sorted.indices.last else { return .nan }
        return (sorted[last / 2] + sorted[(last + 1) / 2]) / 2
    }

    /// The difference between the highest and the lowest value as a share of the median; nil for fewer than two values.
    package var spread: Double? {
        guard values.count > 1, let highest = values.max(), let lowest = values.min(), median != 0 else { return nil }
        return (highest - lowest) / median
    }

    /// The median with its unit.
    package var text: String { unit.text(median) }
}

/// The unit of a quantity, and the number of decimal places that it is shown with.
package enum Unit: String, Sendable {
    case perSecond = "/s"
    case milliseconds = "ms"
    case microseconds = "µs"
    case mebibytes = "MiB"
    case bytes = "B"
    case megabytes = "MB"

    private var decimals: Int {
        switch self {
        case .perSecond, .bytes: 0
        case .milliseconds, .microseconds, .mebibytes, .megabytes: 1
        }
    }

    package func text(_ value: Double) -> String {
        let number = grouped(value, decimals: decimals)
        return self == .perSecond ? "\(number)/s" : "\(number) \(rawValue)"
    }
}

/// A number with commas between thousands. NaN and infinity, which a measurement without values has, are a dash.
package func grouped(_ value: Double, decimals: Int = 0) -> String {
    guard value.isFinite else { return "–" }
    var scale = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = Int((value.magnitude * Double(scale)).rounded())
    var whole = String(scaled / scale)
    var groups: [Substring] = []
    while whole.count > 3 {
        groups.insert(whole.suffix(3), at: 0)
        whole.removeLast(3)
    }
    groups.insert(whole[...], at: 0)
    let fraction = decimals == 0 ? "" : ".\(String(scaled % scale + scale).dropFirst())"
    return "\(value < 0 && scaled > 0 ? "-" : "")\(groups.joined(separator: ","))\(fraction)"
}
