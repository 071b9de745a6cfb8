import JSON

/// The answers of showHealth and deliveryStatistics as lines for a terminal.
struct StatisticsText {
    let style: TerminalStyle

    private static let plotWidth = 60

    // MARK: - showHealth

    func health(_ health: JSON) -> [String] {
        var lines = [owed(health), pollers(health)]
        lines += list(health, "blocked", "blocked") { row in
            let until = row["blockedUntil"]?.text.map { " until \($0)" } ?? ""
            return "\(text("destination", row)): no answer to \(number("failures", row)) requests\(until)"
        }
        lines += list(health, "paced", "paced") { row in
            "\(text("destination", row)): at most \(number("maxInFlight", row)) requests in flight"
        }
        lines += list(health, "paused", "paused") { row in
            "postback \(number("postbackId", row)) of \(text("affiliateId", row)): \(text("reason", row)); \(number("held", row)) held"
        }
        return lines
    }

    private func owed(_ health: JSON) -> String {
        let owed = health["owed"] ?? .null
        let least = owed["isExact"] == true ? "" : "at least "
        var parts = ["owed", "retrying", "in_flight", "held"].map {
            "\(grouped(number($0, owed))) \($0.replacing("_", with: " "))"
        }
        if let seconds = integer("oldestDueSeconds", health) { parts.append("the oldest due for \(seconds) s") }
        return titled("owed", least + parts.joined(separator: ", "))
    }

    private func pollers(_ health: JSON) -> String {
        let pollers = health["pollers"].map(items) ?? []
        let alive = pollers.filter { $0["isAlive"] == true }
        if alive.isEmpty { return titled("pollers", "none is running") }
        let lines = alive.map { poller in
            let flight = integer("inFlight", poller).map { ", \($0) in flight" } ?? ""
            let problem = poller["problem"]?.text.map { ": \($0)" } ?? ""
            let host = poller["host"]?.text ?? "a host"
            return "\(host) (\(text("version", poller))) seen \(number("secondsAgo", poller)) s ago\(flight)\(problem)"
        }
        return titled("pollers", lines)
    }

    private func list(_ health: JSON, _ name: String, _ title: String, _ line: (JSON) -> String) -> [String] {
        let rows = health[name].map(items) ?? []
        if rows.isEmpty { return [] }
        var lines = rows.prefix(5).map(line)
        let more = number("\(name)Count", health) - lines.count
        if more > 0 { lines.append("and \(grouped(more)) more") }
        return [titled(title, lines)]
    }

    // MARK: - deliveryStatistics

    func statistics(_ statistics: JSON) -> [String] {
        let series = statistics["series"].map(items) ?? []
        let period = "\(minute("since", statistics)) to \(minute("until", statistics)) UTC"
        if let by = statistics["by"]?.text { return [period] + table(series, by: by, statistics) }
        guard let only = series.first, let total = only["total"] else { return [period, "no attempt"] }
        let points = only["points"].map(items) ?? []
        let counts = points.map { number("attempts", $0) }
        var lines = [titled("attempts", "\(grouped(number("attempts", total)))  \(period)")]
        lines.append(titled("", plot(counts)))
        for outcome in ["delivered", "retry", "failed", "dead", "skipped", "unknown"] {
            let count = number(outcome, total["outcomes"] ?? .null)
            if count == 0 { continue }
            let share = plot(points.map { number(outcome, $0["outcomes"] ?? .null) })
            lines.append(titled(outcome, "\(DisplayWidth.padded(grouped(count), to: 12))  \(share)"))
        }
        if let average = integer("averageMs", total) {
            let percentiles = ["p50", "p95", "p99"].map { "\($0) \(number("\($0)Ms", total)) ms" }
            lines.append(titled("duration", "mean \(average) ms, \(percentiles.joined(separator: ", "))"))
        }
        return lines
    }

    private func table(_ series: [JSON], by: String, _ statistics: JSON) -> [String] {
        if series.isEmpty { return ["no attempt"] }
        let hasPlots = style.columns >= 120
        let columns: [TextTable.Column] =
            [.init(title: by.prefix(1).uppercased() + by.dropFirst(), isLong: true)]
            + ["Attempts", "Delivered", "Retry", "Failed", "Dead", "p50 ms", "p95 ms", "p99 ms"].map {
                .init(title: $0, isNumber: true)
            } + (hasPlots ? [.init(title: "Attempts over Time")] : [])
        let rows = series.map { series in
            let total = series["total"] ?? .null
            let outcomes = total["outcomes"] ?? .null
            let points = series["points"].map(items) ?? []
            let key = series["key"]?.text ?? integer("key", series).map(String.init) ?? ""
            return [key, grouped(number("attempts", total))]
                + ["delivered", "retry", "failed", "dead"].map { grouped(number($0, outcomes)) }
                + ["p50Ms", "p95Ms", "p99Ms"].map { integer($0, total).map(String.init) ?? "" }
                + (hasPlots ? [Plot.bars(points.map { number("attempts", $0) }, width: 20, style)] : [])
        }
        let others = number("otherSeries", statistics)
        return [TextTable(columns: columns, rows: rows).text(style)]
            + (others > 0 ? ["and \(grouped(others)) more"] : [])
    }

    // MARK: - Parts of a line

    private static let titleWidth = 10

    private func titled(_ title: String, _ text: String) -> String { titled(title, [text]) }

    private func titled(_ title: String, _ lines: [String]) -> String {
        lines.enumerated().map { index, line in
            let title = DisplayWidth.padded(index == 0 ? title : "", to: StatisticsText.titleWidth)
            return DisplayWidth.cut(
                title + style.shown(style.cell(line)), to: style.columns, mark: style.isUnicode ? "…" : "~")
        }.joined(separator: "\n")
    }

    private func plot(_ numbers: [Int]) -> String {
        let width = min(StatisticsText.plotWidth, style.columns - StatisticsText.titleWidth - 16)
        return Plot.bars(numbers, width: width, style)
    }

    /// The number with its thousands separated: 12,345.
    private func grouped(_ number: Int) -> String {
        let digits = Array(String(number))
        return digits.indices.reduce("") { text, index in
            let left = digits.count - index
            return text + (index > 0 && left % 3 == 0 && digits[index - 1] != "-" ? "," : "") + String(digits[index])
        }
    }

    private func items(_ list: JSON) -> [JSON] { if case .array(let items) = list { items } else { [] } }

    /// A time without its seconds.
    private func minute(_ name: String, _ row: JSON) -> String {
        String(text(name, row).prefix(16)).replacing("T", with: " ")
    }

    private func text(_ name: String, _ row: JSON) -> String { row[name]?.text ?? "" }

    private func integer(_ name: String, _ row: JSON) -> Int? {
        if case .number(let text)? = row[name] { Int(text) } else { nil }
    }

    private func number(_ name: String, _ row: JSON) -> Int { integer(name, row) ?? 0 }
}
