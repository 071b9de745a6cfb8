/// A table with aligned columns, no wider than the terminal. If it does not fit, titles are wrapped, the longest column
/// goes below its row, times lose their time of day, and at last the widest cells are cut.
struct TextTable {
    struct Column {
        let title: String
        var isNumber = false
        /// Whether it goes below the row if there is not enough room.
        var isLong = false
        /// The width to which a cell is cut if there is little room; nil for none.
        var shortWidth: Int?
    }

    let columns: [Column]
    /// Each row has as many cells as there are columns.
    let rows: [[String]]

    private static let gap = 2
    /// The least width to which a cell is cut.
    private static let leastWidth = 4
    private static let lineLimit = 3

    func text(_ style: TerminalStyle) -> String {
        let cells = rows.map { $0.map(style.cell) }
        let all = Array(columns.indices)
        let beside = all.filter { !columns[$0].isLong }
        for wraps in [false, true] {
            let widths = widths(cells, all, wraps: wraps, isShort: false)
            if fits(widths, style) { return text(cells, all, widths, beneath: nil, style) }
        }
        let long = all.first { columns[$0].isLong }
        for (wraps, isShort) in [(false, false), (true, false), (true, true)] {
            let widths = widths(cells, beside, wraps: wraps, isShort: isShort)
            if fits(widths, style) { return text(cells, beside, widths, beneath: long, style) }
        }
        let widths = shrunk(widths(cells, beside, wraps: true, isShort: true), to: style.columns)
        return text(cells, beside, widths, beneath: long, style)
    }

    private func fits(_ widths: [Int], _ style: TerminalStyle) -> Bool { total(widths) <= style.columns }

    private func total(_ widths: [Int]) -> Int { widths.reduce(-TextTable.gap) { $0 + $1 + TextTable.gap } }

    private func widths(_ cells: [[String]], _ shown: [Int], wraps: Bool, isShort: Bool) -> [Int] {
        shown.map { index in
            let title = columns[index].title
            let words = wraps ? title.split(separator: " ").map(String.init) : [title]
            var widest = cells.reduce(0) { max($0, DisplayWidth.of($1[index])) }
            if isShort, let short = columns[index].shortWidth { widest = min(widest, short) }
            return max(widest, words.map(DisplayWidth.of).max() ?? 0)
        }
    }

    /// Narrows the widest columns until the table fits.
    private func shrunk(_ widths: [Int], to width: Int) -> [Int] {
        var widths = widths
        while total(widths) > width, let widest = widths.max(), widest > TextTable.leastWidth,
            let index = widths.firstIndex(of: widest)
        {
            widths[index] -= 1
        }
        return widths
    }

    private func text(
        _ cells: [[String]], _ shown: [Int], _ widths: [Int], beneath long: Int?, _ style: TerminalStyle
    ) -> String {
        var lines = titleLines(shown, widths)
        if let long { lines.append("  \(columns[long].title)") }
        if style.isBold { lines = lines.map { "\u{1B}[1m\($0)\u{1B}[0m" } }
        for row in cells {
            lines.append(line(zip(shown, widths).map { cut(row[$0], $0, $1, style) }, shown, widths))
            if let long { lines += beneath(row[long], style) }
        }
        return lines.joined(separator: "\n")
    }

    private func cut(_ cell: String, _ column: Int, _ width: Int, _ style: TerminalStyle) -> String {
        // A time cut to its day needs no mark.
        let isShortened = columns[column].shortWidth == width
        return DisplayWidth.cut(cell, to: width, mark: isShortened ? "" : style.isUnicode ? "…" : "~")
    }

    /// The titles, each in as many lines as it needs and aligned at the bottom.
    private func titleLines(_ shown: [Int], _ widths: [Int]) -> [String] {
        let titles = zip(shown, widths).map { index, width in TextTable.wrapped(columns[index].title, to: width) }
        let height = titles.map(\.count).max() ?? 0
        return (0..<height).map { number in
            let cells = titles.map { title in
                let place = number - (height - title.count)
                return place >= 0 ? title[place] : ""
            }
            return line(cells, shown, widths)
        }
    }

    private func line(_ cells: [String], _ shown: [Int], _ widths: [Int]) -> String {
        var line = ""
        for (place, cell) in cells.enumerated() {
            if place > 0 { line += String(repeating: " ", count: TextTable.gap) }
            line += DisplayWidth.padded(cell, to: widths[place], isRight: columns[shown[place]].isNumber)
        }
        let end = line.lastIndex { $0 != " " }
        return end.map { String(line[...$0]) } ?? ""
    }

    private func beneath(_ cell: String, _ style: TerminalStyle) -> [String] {
        var lines = DisplayWidth.lines(cell, of: style.columns - TextTable.gap)
        if lines.count > TextTable.lineLimit {
            let last = DisplayWidth.cut(
                lines[TextTable.lineLimit - 1] + " ", to: style.columns - TextTable.gap,
                mark: style.isUnicode ? "…" : "~")
            lines = lines.prefix(TextTable.lineLimit - 1) + [last]
        }
        return lines.map { "  \($0)" }
    }

    private static func wrapped(_ title: String, to width: Int) -> [String] {
        var lines: [String] = []
        for word in title.split(separator: " ").map(String.init) {
            if let last = lines.last, DisplayWidth.of(last) + 1 + DisplayWidth.of(word) <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(DisplayWidth.cut(word, to: width, mark: ""))
            }
        }
        return lines
    }
}
