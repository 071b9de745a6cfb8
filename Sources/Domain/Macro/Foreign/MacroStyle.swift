import Text

/// The marks that networks put around a macro in a postback URL.
package struct MacroStyle: Sendable {
    package let open: String
    private let close: String
    private let openBytes: [UInt8]
    private let closeBytes: [UInt8]

    init(open: String, close: String) {
        (self.open, self.close) = (open, close)
        (openBytes, closeBytes) = (Array(open.utf8), Array(close.utf8))
    }

    /// Longer marks stand before the shorter ones that they begin with.
    package static let all = [
        MacroStyle(open: "{{", close: "}}"), MacroStyle(open: "${", close: "}"), MacroStyle(open: "{", close: "}"),
        MacroStyle(open: "[[", close: "]]"), MacroStyle(open: "[", close: "]"), MacroStyle(open: "<", close: ">"),
        MacroStyle(open: "%7B%7B", close: "%7D%7D"), MacroStyle(open: "%24%7B", close: "%7D"),
        MacroStyle(open: "%7B", close: "%7D"), MacroStyle(open: "%5B", close: "%5D"),
        MacroStyle(open: "%3C", close: "%3E"), MacroStyle(open: "%23", close: "%23"),
        MacroStyle(open: "%%", close: "%%"), MacroStyle(open: "%", close: "%"), MacroStyle(open: "#", close: "#"),
        MacroStyle(open: "__", close: "__"),
    ]

    /// The longest macro without its marks, in bytes.
    private static let longest = 256

    /// Whether these marks in a parameter's name enclose a member and not a macro, as in `items[name]`.
    package var meansListInNames: Bool { open.hasSuffix("[") || open == "%5B" }

    /// Returns the inside of such a macro at the beginning of `text`, and the text behind the macro; nil if there is
    /// none.
    package func match(_ text: Substring) -> (inside: Substring, rest: Substring)? {
        // These bytes may belong to one macro, and include the two behind it that are looked at.
        let bytes = Array(text.utf8.prefix(open.utf8.count + MacroStyle.longest + close.utf8.count + 2))
        guard let (inside, end) = match(bytes, at: 0) else { return nil }
        func index(_ offset: Int) -> Substring.Index { text.utf8.index(text.startIndex, offsetBy: offset) }
        return (text[index(inside.lowerBound)..<index(inside.upperBound)], text[index(end)...])
    }

    /// Does the same with bytes of UTF-8: it returns where the name is and where the macro ends. It looks only at bytes
    /// that may belong to one macro, so that trying every place of a text takes linear time.
    func match(_ text: [UInt8], at begin: Int) -> (inside: Range<Int>, end: Int)? {
        guard MacroStyle.stands(openBytes, in: text, at: begin) else { return nil }
        let start = begin + openBytes.count
        for end in start...(start + MacroStyle.longest) {
            if MacroStyle.stands(closeBytes, in: text, at: end) {
                let after = end + closeBytes.count
                return accepts(text[start..<end], before: text[after...]) ? (start..<end, after) : nil
            }
            guard end < text.count, mayContain(text[end]) else { return nil }
        }
        return nil
    }

    /// Whether a mark stands at `begin`. Hexadecimal digits count in either case.
    private static func stands(_ mark: [UInt8], in text: [UInt8], at begin: Int) -> Bool {
        guard begin + mark.count <= text.count else { return false }
        for (offset, wanted) in mark.enumerated() {
            let byte = text[begin + offset]
            guard byte == wanted || byte.isLetter && byte ^ 0x20 == wanted else { return false }
        }
        return true
    }

    private func mayContain(_ byte: UInt8) -> Bool {
        // Between braces, a network may write formats and defaults of its own.
        openBytes.last == UInt8(ascii: "{") ? !"&/?{".utf8.contains(byte) : MacroStyle.isNameByte(byte)
    }

    private func accepts(_ inside: ArraySlice<UInt8>, before rest: ArraySlice<UInt8>) -> Bool {
        // `cid={}` is a place to fill in.
        if inside.isEmpty { return open.hasSuffix("{") || open.hasSuffix("%7B") }
        if open.hasSuffix("{") { return true }
        guard inside.first?.isLetter == true else { return false }
        // `%C3%A9` and `%adid%20` are percent-encoded text, not macros.
        guard open == "%", inside.prefix(2).allSatisfy(\.isHexDigit) else { return true }
        return inside.count > 2 && !(rest.count >= 2 && rest.prefix(2).allSatisfy(\.isHexDigit))
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || "_-. ".utf8.contains(byte)
    }
}

extension MacroStyle {
    /// Returns the name in a whole value between marks that are too common in plain text to be searched for within it:
    /// `$name`, `$name$`, `:name:`, `(name)`, `@name@`.
    package static func marked(_ value: Substring) -> String? {
        guard let mark = value.first, let close = marks[mark] else { return nil }
        let inside = value.last == close && value.count > 1 ? value.dropFirst().dropLast() : value.dropFirst()
        guard inside.utf8.first?.isLetter == true, inside.utf8.allSatisfy(isNameByte) else { return nil }
        return String(inside)
    }

    private static let marks: [Character: Character] = [
        "$": "$", ":": ":", "(": ")", "@": "@", "!": "!", "*": "*", "|": "|", "~": "~", "^": "^",
    ]

    /// Returns a whole value in capitals if it looks like a placeholder: `TRANSACTION_ID`, `OPTIONAL`.
    package static func placeholder(_ value: Substring) -> String? {
        guard value.utf8.count >= 3, value.utf8.allSatisfy({ (0x41...0x5A).contains($0) || $0 == UInt8(ascii: "_") }),
            value.utf8.first != UInt8(ascii: "_")
        else { return nil }
        let isKnown = wordsToReplace.contains(String(value)) || MacroMeaning(of: String(value), parameter: "") != nil
        return isKnown ? String(value) : nil
    }

    private static let wordsToReplace: Set = [
        "OPTIONAL", "REPLACE", "REPLACE_ME", "REPLACE_OR_REMOVE", "VALUE", "MACRO", "TOKEN", "PLACEHOLDER",
    ]
}
