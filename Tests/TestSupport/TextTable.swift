import POSIX

/// A table for people, which Markdown takes as well.
package struct TextTable {
    private var rows: [[String]]

    package init(_ header: [String]) { rows = [header] }

    package mutating func add(_ cells: [String]) { rows.append(cells) }

    /// To standard output.
    package func print() {
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

/// What is going on, for whoever waits: a line on standard error.
package func say(_ text: String) {
    try? Descriptor.standardError.writeAll(Array("\(text)\n".utf8))
}
