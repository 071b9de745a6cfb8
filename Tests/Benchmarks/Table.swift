import POSIX

/// What is printed in the end: a figure, ours, its limit in the same run, their ratio, the aim.
struct Table {
    private var rows = [["figure", "ours", "limit", "ratio", "aim"]]

    /// - Parameters:
    ///   - limit: what it is compared with, and how much that is.
    ///   - ratio: ours by the limit.
    mutating func add(_ figure: String, ours: String, limit: String = "", ratio: Double? = nil, aim: String = "") {
        rows.append([figure, ours, limit, ratio.map { format($0, 2) } ?? "", aim])
        say("  \(figure): \(ours)\(limit.isEmpty ? "" : ", limit \(limit)")")
    }

    func print() {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        var text = ""
        for (number, row) in rows.enumerated() {
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            text += "| \(cells.joined(separator: " | ")) |\n"
            if number == 0 {
                text += "|\(widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|"))|\n"
            }
        }
        try? Descriptor.standardOutput.writeAll(Array(text.utf8))
    }
}

/// A number with so many decimals.
func format(_ value: Double, _ decimals: Int = 0) -> String {
    var scale = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = Int((value * Double(scale)).rounded())
    if decimals == 0 { return String(scaled) }
    return "\(scaled / scale).\(String(scaled % scale + scale).dropFirst())"
}

extension [Double] {
    var median: Double { percentile(50) }

    /// The smallest value that so many percent do not exceed.
    func percentile(_ percent: Double) -> Double {
        guard !isEmpty else { return .nan }
        let rank = Int((percent / 100 * Double(count)).rounded(.up))
        return sorted()[Swift.max(0, Swift.min(count, rank) - 1)]
    }
}
