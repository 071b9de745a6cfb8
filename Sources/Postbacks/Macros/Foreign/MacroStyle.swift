/// How networks mark a macro in a postback URL.
package struct MacroStyle: Sendable {
    package let open: String
    let close: String

    /// The longer marks before those that they begin with.
    package static let all = [
        MacroStyle(open: "{{", close: "}}"), MacroStyle(open: "${", close: "}"), MacroStyle(open: "{", close: "}"),
        MacroStyle(open: "[[", close: "]]"), MacroStyle(open: "[", close: "]"), MacroStyle(open: "<", close: ">"),
        MacroStyle(open: "%7B%7B", close: "%7D%7D"), MacroStyle(open: "%24%7B", close: "%7D"),
        MacroStyle(open: "%7B", close: "%7D"), MacroStyle(open: "%5B", close: "%5D"),
        MacroStyle(open: "%3C", close: "%3E"), MacroStyle(open: "%23", close: "%23"),
        MacroStyle(open: "%%", close: "%%"), MacroStyle(open: "%", close: "%"), MacroStyle(open: "#", close: "#"),
        MacroStyle(open: "__", close: "__"),
    ]

    /// Bytes of a macro without its marks.
    private static let longest = 256

    /// `items[name]` is a parameter's name and not a macro in it.
    package var meansListInNames: Bool { open.hasSuffix("[") || open == "%5B" }

    /// What such a macro at the beginning of `text` contains, and what follows it; nil when there is none. Looks at no more
    /// than what may belong to one macro, so that looking at every place of a text takes a time in proportion to its length.
    package func match(_ text: Substring) -> (inside: Substring, rest: Substring)? {
        let bytes = text.utf8
        guard let start = MacroStyle.end(of: open, in: bytes) else { return nil }
        var end = start
        for _ in 0...MacroStyle.longest {
            let following = bytes[end...]
            if let after = MacroStyle.end(of: close, in: following) {
                let (inside, rest) = (text[start..<end], text[after...])
                return accepts(inside, before: rest) ? (inside, rest) : nil
            }
            guard let next = following.first, mayContain(next) else { return nil }
            bytes.formIndex(after: &end)
        }
        return nil
    }

    /// Where the mark ends that the text begins with; hex digits in either case.
    private static func end(of mark: String, in text: Substring.UTF8View) -> Substring.UTF8View.Index? {
        let beginning = text.prefix(mark.utf8.count)
        let isThere = beginning.elementsEqual(mark.utf8) { byte, wanted in
            byte == wanted || byte.isLetter && byte ^ 0x20 == wanted
        }
        return isThere ? beginning.endIndex : nil
    }

    private func mayContain(_ byte: UInt8) -> Bool {
        // Between braces stands whatever a network's own formats and defaults are made of.
        open.hasSuffix("{") ? !"&/?{".utf8.contains(byte) : MacroStyle.isNameByte(byte)
    }

    private func accepts(_ inside: Substring, before rest: Substring) -> Bool {
        // `cid={}`: a place to fill in.
        if inside.isEmpty { return open.hasSuffix("{") || open.hasSuffix("%7B") }
        if open.hasSuffix("{") { return true }
        guard inside.utf8.first?.isLetter == true else { return false }
        // `%C3%A9` and `%adid%20` are percent-encoded text, not macros.
        guard open == "%", inside.utf8.prefix(2).allSatisfy(\.isHexDigit) else { return true }
        return inside.utf8.count > 2 && !(rest.utf8.count >= 2 && rest.utf8.prefix(2).allSatisfy(\.isHexDigit))
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || "_-. ".utf8.contains(byte)
    }
}

extension MacroStyle {
    /// The name in a whole value between marks that are too common in plain text to be looked for within one: `$name`,
    /// `$name$`, `:name:`, `(name)`, `@name@`.
    package static func marked(_ value: Substring) -> String? {
        guard let mark = value.first, let close = marks[mark] else { return nil }
        let inside = value.last == close && value.count > 1 ? value.dropFirst().dropLast() : value.dropFirst()
        guard inside.utf8.first?.isLetter == true, inside.utf8.allSatisfy(isNameByte) else { return nil }
        return String(inside)
    }

    private static let marks: [Character: Character] = [
        "$": "$", ":": ":", "(": ")", "@": "@", "!": "!", "*": "*", "|": "|", "~": "~", "^": "^",
    ]

    /// A whole value in capitals that looks like a place to fill in: `TRANSACTION_ID`, `OPTIONAL`.
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
