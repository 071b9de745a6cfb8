/// The width of text on a terminal, in columns.
enum DisplayWidth {
    static func of(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + of($1) } }

    /// The text with spaces after it, or before it, up to this width.
    static func padded(_ text: String, to width: Int, isRight: Bool = false) -> String {
        let spaces = String(repeating: " ", count: max(0, width - of(text)))
        return isRight ? spaces + text : text + spaces
    }

    /// The part of the text that fits, with a mark in place of the rest.
    static func cut(_ text: String, to width: Int, mark: String) -> String {
        if of(text) <= width { return text }
        return prefix(text, width - of(mark)) + mark
    }

    /// The text in lines of at most this width.
    static func lines(_ text: String, of width: Int) -> [String] {
        var rest = text[...]
        var lines: [String] = []
        while !rest.isEmpty {
            var line = prefix(String(rest), width)
            // The character is wider than the line.
            if line.isEmpty { line = String(rest.prefix(1)) }
            lines.append(line)
            rest = rest.dropFirst(line.count)
        }
        return lines
    }

    private static func prefix(_ text: String, _ width: Int) -> String {
        var left = width
        return String(
            text.prefix { character in
                left -= character.unicodeScalars.reduce(0) { $0 + of($1) }
                return left >= 0
            })
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        if scalar.isASCII { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: return wide.contains { $0.contains(scalar.value) } ? 2 : 1
        }
    }

    /// The characters of two columns, by blocks (Unicode's East Asian Width W and F, and emoji).
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
        0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
    ]
}
