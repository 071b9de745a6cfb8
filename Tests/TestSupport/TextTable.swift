import System

/// A table in plain text that is also valid Markdown.
package struct TextTable {
    private var rows: [[String]]

    package init(_ header: [String]) { rows = [header] }

    package mutating func add(_ cells: [String]) { rows.append(cells) }

    /// Prints the table to standard output.
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

/// Prints a line about the progress to standard error.
package func say(_ text: String) {
    try? Descriptor.standardError.writeAll(Array("\(text)\n".utf8))
}
