import Input
import Text

/// A pattern for times: `yyyy`, `MM`, `dd`, `HH`, `mm`, `ss` and `SSS` stand for parts of the time in UTC, and
/// everything else for itself.
package struct TimePattern: Sendable, Hashable {
    /// The pattern as it was written.
    package let text: String
    private let parts: [Part]

    private enum Part: Sendable, Hashable {
        case literal(String)
        /// The place of the part in the time by RFC 3339: `2026-01-02T03:04:05.678Z`.
        case field(Range<Int>)
    }

    private static let fields: [(name: String, place: Range<Int>)] = [
        ("yyyy", 0..<4), ("MM", 5..<7), ("dd", 8..<10), ("HH", 11..<13), ("mm", 14..<16), ("ss", 17..<19),
        ("SSS", 20..<23),
    ]

    /// Returns nil for a text without any part. Throws for letters that other libraries read as a part, such as `YYYY`
    /// or a single `d`: they would be sent as they are.
    init?(parsing text: Substring) throws(Invalid) {
        var parts: [Part] = []
        var literal: [UInt8] = []
        func flush() {
            if !literal.isEmpty { parts.append(.literal(String(decoding: literal, as: UTF8.self))) }
            literal = []
        }
        let bytes = Array(text.utf8)
        var index = 0
        var word = Word(bytes[...])
        while index < bytes.count {
            if index >= word.end { word = Word(bytes[index...]) }
            let run = bytes[index...].prefix { $0 == bytes[index] }
            if let field = TimePattern.fields.first(where: { run.elementsEqual($0.name.utf8) }) {
                flush()
                parts.append(.field(field.place))
            } else {
                if letters.contains(bytes[index]), run.count > 1 || !word.isProse { throw TimePattern.wrong(run) }
                literal += run
            }
            index = run.endIndex
        }
        flush()
        guard parts.contains(where: { if case .field = $0 { true } else { false } }) else { return nil }
        self.text = String(text)
        self.parts = parts
    }

    func text(of time: Timestamp) -> String {
        let whole = Array(time.description.utf8)
        return String(
            decoding: parts.flatMap { part in
                switch part {
                case .literal(let text): Array(text.utf8)
                case .field(let place): Array(whole[place])
                }
            }, as: UTF8.self)
    }

    private static func wrong(_ run: ArraySlice<UInt8>) -> Invalid {
        let word = String(decoding: run.prefix(16), as: UTF8.self)
        let names = fields.map(\.name)
        let near = names.first { $0.lowercased().first == word.lowercased().first }
        let meant = names.first { $0.first == word.first } ?? near
        return Invalid(
            "has no format \"\(word)\" for a time: its parts are \(names.joined(separator: " "))\(meant.map { "; did you mean \"\($0)\"?" } ?? "")"
        )
    }
}

/// A run of letters other than `T`, which may stand between date and time: `GM` in `GMT`.
private struct Word {
    let end: Int
    /// Whether the word contains a letter that no part consists of.
    let isProse: Bool

    init(_ text: ArraySlice<UInt8>) {
        let word = text.prefix { $0.isLetter && $0 != UInt8(ascii: "T") }
        end = max(word.endIndex, text.startIndex + 1)
        isProse = word.contains { !letters.contains($0) }
    }
}

/// The letters of which parts consist, here or in other libraries.
private let letters = Array("yYMdDHhmsS".utf8)
