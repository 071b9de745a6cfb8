import JSON

/// A piece of a template's plain text that looks like another network's macro: it would be sent as it stands.
struct ForeignMacro: Equatable {
    /// As it was written.
    let text: String
    let meaning: MacroMeaning

    /// Where a text stands, which decides what in it is a macro's mark.
    struct Place {
        /// The parameter whose value it is; empty where it is none's.
        var parameter = ""
        /// A parameter's name, in which `[name]` is a member.
        var isName = false
    }

    /// Those in a text of which the parts are given, such as the value of one parameter.
    static func found(in text: [Template.Segment], _ place: Place) -> [ForeignMacro] {
        if let one = wrapped(text, place) { return [one] }
        let literals = text.compactMap(\.text)
        if text.count == 1, let value = literals.first, let one = whole(value, place) { return [one] }
        let isMarkup = literals.contains { $0.holds("</") || $0.holds("/>") }
        let isProse = literals.contains { $0.utf8.contains(UInt8(ascii: " ")) }
        return literals.flatMap { literal in
            scan(literal, place).filter { isMarkup ? $0.style.open != "<" : true }
                .filter { !isProse || !$0.style.isCommonInProse || $0.macro.meaning.isUnmistakable }.map(\.macro)
        }
    }

    /// The text without the macros that begin with this mark.
    static func removing(_ mark: String, from text: String) -> String {
        guard text.holds(mark) else { return text }
        let pieces = scan(text, Place(), styles.filter { $0.open == mark })
        let bytes = Array(text.utf8)
        var (rest, begin) = ([UInt8](), 0)
        for piece in pieces {
            rest += bytes[begin..<piece.range.lowerBound]
            begin = piece.range.upperBound
        }
        return String(decoding: rest + bytes[begin...], as: UTF8.self)
    }

    private typealias Piece = (macro: ForeignMacro, style: MacroStyle, range: Range<Int>)

    private static let styles = MacroStyle.all + [MacroStyle.dollars]
    /// How many unknown words of a text are compared with all macros' names, which costs more than all else here.
    private static let spellingLimit = 64
    /// How many words between marks are looked up in one text; what stands behind them is not looked at.
    private static let wordLimit = 512

    private static func scan(_ text: String, _ place: Place, _ styles: [MacroStyle] = styles) -> [Piece] {
        let candidates = Dictionary(grouping: styles.filter { !place.isName || !$0.meansListInNames }) {
            $0.open.utf8.first ?? 0
        }
        let bytes = Array(text.utf8)
        var pieces: [Piece] = []
        var unknownWords = 0
        func piece(at begin: Int, _ styles: [MacroStyle]) -> (Piece, end: Int)? {
            for style in styles {
                guard let (inside, end) = style.match(bytes, at: begin), !inside.isEmpty else { continue }
                let meaning = MacroMeaning(
                    resembling: Substring(decoding: bytes[inside], as: UTF8.self), parameter: place.parameter,
                    bySpelling: unknownWords < spellingLimit)
                guard let meaning else {
                    unknownWords += 1
                    continue
                }
                let written = Substring(decoding: bytes[begin..<end], as: UTF8.self)
                return ((ForeignMacro(written: written, meaning), style, begin..<end), end)
            }
            return nil
        }
        var index = 0
        while index < bytes.count, pieces.count + unknownWords < wordLimit {
            if let styles = candidates[bytes[index]], let (piece, end) = piece(at: index, styles) {
                pieces.append(piece)
                index = end
            } else {
                index += 1
            }
        }
        return pieces
    }

    /// `$CID`, `(cid)`, `CLICK_ID`: marks that mean something only around a whole value.
    private static func whole(_ value: String, _ place: Place) -> ForeignMacro? {
        if let word = MacroStyle.marked(value[...]) {
            return MacroMeaning(resembling: word[...], parameter: place.parameter).map {
                .init(written: value[...], $0)
            }
        }
        guard let word = MacroStyle.placeholder(value[...]) else { return nil }
        // A word in capitals may be the receiver's own, such as an event's name.
        let meaning = MacroMeaning(of: word, parameter: place.parameter)
        let named = meaning == nil ? MacroMeaning(of: "", parameter: place.parameter) : meaning
        guard meaning == nil || word.utf8.contains(UInt8(ascii: "_")) else { return nil }
        return named.map { .init(written: value[...], $0) }
    }

    /// `${click_id}` and `%%{click_id}%%`: one of ours between another network's marks, which are sent along.
    private static func wrapped(_ text: [Template.Segment], _ place: Place) -> ForeignMacro? {
        let marks: [(String, String?)] = [
            ("$", nil), ("#", nil), ("{", "}"), ("%%", "%%"), ("%", "%"), ("__", "__"), ("#", "#"),
        ]
        guard (2...3).contains(text.count), let use = text[1].use, use.macro.kind != .money,
            marks.contains(where: { $0 == text[0].text && $1 == (text.count == 3 ? text[2].text : nil) })
        else { return nil }
        let (open, close) = (text[0].text ?? "", text.count == 3 ? text[2].text ?? "" : "")
        let written = "\(open.doublingBraces){\(use.macro.name)}\(close.doublingBraces)"
        return ForeignMacro(
            text: written,
            meaning: MacroMeaning(template: "{\(use.macro.name)}", doubt: "the marks around it are sent too"))
    }

    private init(text: String, meaning: MacroMeaning) {
        self.text = text
        self.meaning = meaning
    }

    private init(written literal: Substring, _ meaning: MacroMeaning) {
        self.init(text: String(literal).doublingBraces, meaning: meaning)
    }
}

extension Template.Segment {
    var text: String? { if case .literal(let text) = self { text } else { nil } }
}

extension String {
    /// As a template writes it.
    fileprivate var doublingBraces: String { replacing("{", with: "{{").replacing("}", with: "}}") }
}

extension MacroStyle {
    /// Between dollars stand prices too, unless it is a macro's name.
    fileprivate static let dollars = MacroStyle(open: "$", close: "$")

    /// What brackets enclose in a sentence is mostly no macro.
    fileprivate var isCommonInProse: Bool { open.hasSuffix("[") || open == "<" || open == "{" }
}
