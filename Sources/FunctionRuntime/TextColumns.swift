/// Text in two columns for a terminal of 80 columns.
package enum TextColumns {
    package static let width = 80

    /// A name with its text. The text begins on the same line if the name is short enough, otherwise on the next.
    /// `indent` is the column at which the name begins. `column` is the column at which the text begins; at least two
    /// spaces separate it from the name.
    package static func lines(_ name: String, _ text: String, indent: Int, column: Int) -> [String] {
        let margin = String(repeating: " ", count: column)
        let head = String(repeating: " ", count: indent) + name
        var lines = wrapped(text, width: width - column).map { margin + $0 }
        guard head.count + 2 <= column, !lines.isEmpty else { return [head] + lines }
        lines[0] = head + lines[0].dropFirst(head.count)
        return lines
    }

    /// The text wrapped at spaces into lines of `width` characters. A longer word gets a line of its own.
    package static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var line = ""
            for word in paragraph.split(separator: " ") {
                if !line.isEmpty, line.count + 1 + word.count > width {
                    lines.append(line)
                    line = ""
                }
                line += line.isEmpty ? String(word) : " \(word)"
            }
            lines.append(line)
        }
        return lines
    }
}
