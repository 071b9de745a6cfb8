/// How networks mark a macro in a postback URL.
struct MacroStyle {
    let open: String
    let close: String

    /// The longer marks before those that they begin with.
    static let all = [
        MacroStyle(open: "{{", close: "}}"), MacroStyle(open: "${", close: "}"), MacroStyle(open: "{", close: "}"),
        MacroStyle(open: "[[", close: "]]"), MacroStyle(open: "[", close: "]"), MacroStyle(open: "<", close: ">"),
        MacroStyle(open: "%7B%7B", close: "%7D%7D"), MacroStyle(open: "%24%7B", close: "%7D"),
        MacroStyle(open: "%7B", close: "%7D"), MacroStyle(open: "%5B", close: "%5D"),
        MacroStyle(open: "%3C", close: "%3E"), MacroStyle(open: "%23", close: "%23"),
        MacroStyle(open: "%%", close: "%%"), MacroStyle(open: "%", close: "%"), MacroStyle(open: "#", close: "#"),
        MacroStyle(open: "__", close: "__"),
    ]

    /// Characters of a macro with its closing mark.
    private static let longest = 256

    /// `items[name]` is a parameter's name and not a macro in it.
    var meansListInNames: Bool { open.hasSuffix("[") || open == "%5B" }

    /// What such a macro at the beginning of `text` contains, and what follows it; nil when there is none.
    func match(_ text: Substring) -> (inside: Substring, rest: Substring)? {
        guard text.prefix(open.count).uppercased() == open else { return nil }
        let inner = text.dropFirst(open.count).prefix(MacroStyle.longest)
        var inside = inner.prefix(0)
        while inside.endIndex < inner.endIndex {
            let rest = inner[inside.endIndex...]
            if rest.prefix(close.count).uppercased() == close {
                return accepts(inside, before: rest.dropFirst(close.count))
                    ? (inside, rest.dropFirst(close.count)) : nil
            }
            guard let next = rest.first, next != "&", next != "/", next != "?" else { return nil }
            inside = inner[..<inner.index(after: inside.endIndex)]
        }
        return nil
    }

    private func accepts(_ inside: Substring, before rest: Substring) -> Bool {
        // `cid={}`: a place to fill in.
        if inside.isEmpty { return open.hasSuffix("{") || open.uppercased().hasSuffix("%7B") }
        if open.hasSuffix("{") { return true }
        guard let first = inside.first, first.isASCII, first.isLetter, inside.allSatisfy(MacroStyle.isNameCharacter)
        else {
            return false
        }
        // `%C3%A9` and `%adid%20` are percent-encoded text, not macros.
        guard open == "%", inside.prefix(2).allSatisfy(\.isHexDigit) else { return true }
        return inside.count > 2 && !(rest.count >= 2 && rest.prefix(2).allSatisfy(\.isHexDigit))
    }

    static func isNameCharacter(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "_-. ".contains(character))
    }
}
