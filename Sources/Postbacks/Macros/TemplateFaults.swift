import JSON

/// What is wrong with a template, each with its place.
struct TemplateFaults {
    private var messages: [String] = []
    private let text: String
    private let hintLimit: Int
    /// How far the characters are counted.
    private var counted: (index: String.Index, position: Int)

    /// - Parameters:
    ///   - firstPosition: of the text's first character.
    ///   - hintLimit: how many faults name what was meant.
    init(_ text: String, firstPosition: Int, hintLimit: Int) {
        self.text = text
        self.hintLimit = hintLimit
        counted = (text.startIndex, firstPosition)
    }

    /// Whether the next one names what was meant: looking for it costs much more than the rest.
    var areFew: Bool { messages.count < hintLimit }

    var wrong: Wrong? { Wrong(messages) }

    /// - Parameter index: not before that of the fault before.
    mutating func add(_ message: String, _ index: String.Index, advice: String) {
        messages.append("\(message) character \(position(index)); \(advice)")
    }

    mutating func add(_ wrong: Wrong, at index: String.Index) {
        messages.append("\(wrong.message) (at character \(position(index)))")
    }

    private mutating func position(_ index: String.Index) -> Int {
        counted = (index, counted.position + text.unicodeScalars[counted.index..<index].count)
        return counted.position
    }
}
