import TestSupport

/// The printed table: a figure, our value, its limit in the same run, their ratio, and the aim.
struct Table {
    private var table = TextTable(["figure", "ours", "limit", "ratio", "aim"])

    /// `limit` names what the figure is compared with, and its value. `ratio` is our figure divided by the limit.
    mutating func add(_ figure: String, ours: String, limit: String = "", ratio: Double? = nil, aim: String = "") {
        table.add([figure, ours, limit, ratio.map { format($0, 2) } ?? "", aim])
        say("  \(figure): \(ours)\(limit.isEmpty ? "" : ", limit \(limit)")")
    }

    func print() { table.print() }
}
