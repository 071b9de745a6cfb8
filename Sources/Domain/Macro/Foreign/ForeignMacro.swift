import JSON
import Text

/// A piece of a template's plain text that looks like another network's macro. It would be sent as it stands.
struct ForeignMacro: Equatable {
    /// The macro as it was written.
    let text: String
    let meaning: MacroMeaning

    /// The place of a text, which decides what counts as a macro's mark in it.
    struct Place {
        /// The parameter that has the text as its value; empty if there is none.
        var parameter = ""
        /// Whether the text is a parameter's name, in which `[name]` is a member.
        var isName = false
    }

    /// Finds the foreign macros in a text that is given in segments, such as the value of one parameter.
    static func found(in text: [Template.Segment], _ place: Place) -> [ForeignMacro] {
        if let one = wrapped(text, place) { return [one] }
        let literals = text.compactMap(\.text)
        if text.count == 1, let value = literals.first, let one = whole(value, place) { return [one] }
        let isMarkup = literals.contains { $0.contains(bytesOf: "</") || $0.contains(bytesOf: "/>") }
        let isProse = literals.contains { $0.utf8.contains(UInt8(ascii: " ")) }
        return literals.flatMap { literal in
            scan(literal, place).filter { isMarkup ? $0.style.open != "<" : true }
                .filter { !isProse || !$0.style.isCommonInProse || $0.macro.meaning.isUnmistakable }.map(\.macro)
        }
    }

    /// Returns the text without the macros that begin with this mark.
    static func removing(_ mark: String, from text: String) -> String {
        guard text.contains(bytesOf: mark) else { return text }
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
    /// How many unknown words of a text are compared with the names of all macros, which costs more than everything
    /// else here.
    private static let spellingLimit = 64
    /// How many words between marks are looked up in one text. The text behind them is not searched.
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

    /// Finds `$CID`, `(cid)` or `CLICK_ID`: these marks mean something only around a whole value.
    private static func whole(_ value: String, _ place: Place) -> ForeignMacro? {
        if let word = MacroStyle.marked(value[...]) {
            return MacroMeaning(resembling: word[...], parameter: place.parameter).map {
                .init(written: value[...], $0)
            }
        }
        guard let word = MacroStyle.placeholder(value[...]) else { return nil }
        // A word in capitals may be a value that the receiver expects, such as the name of an event.
        let meaning = MacroMeaning(of: word, parameter: place.parameter)
        let named = meaning == nil ? MacroMeaning(of: "", parameter: place.parameter) : meaning
        guard meaning == nil || word.utf8.contains(UInt8(ascii: "_")) else { return nil }
        return named.map { .init(written: value[...], $0) }
    }

    /// Finds `${click_id}` or `%%{click_id}%%`: a macro of this product between another network's marks, which are sent
    /// as well.
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
    /// The text as a template writes it.
    fileprivate var doublingBraces: String { replacing("{", with: "{{").replacing("}", with: "}}") }
}

extension MacroStyle {
    /// Prices may stand between dollars as well; there only the name of a macro counts.
    fileprivate static let dollars = MacroStyle(open: "$", close: "$")

    /// Whether these brackets mostly enclose something other than a macro in a sentence.
    fileprivate var isCommonInProse: Bool { open.hasSuffix("[") || open == "<" || open == "{" }
}
