import Input

/// The faults of a template, each with its position.
struct TemplateFaults {
    private var messages: [String] = []
    private let text: String
    private let hintLimit: Int
    /// The index up to which the characters have been counted, and its position.
    private var counted: (index: String.Index, position: Int)

    /// `firstPosition` is the position of the text's first character. `hintLimit` says how many faults suggest what was
    /// probably meant.
    init(_ text: String, firstPosition: Int, hintLimit: Int) {
        self.text = text
        self.hintLimit = hintLimit
        counted = (text.startIndex, firstPosition)
    }

    /// Whether the next fault suggests what was probably meant. The search for it costs much more than everything else.
    var areFew: Bool { messages.count < hintLimit }

    var wrong: Invalid? { Invalid(messages) }

    /// `index` must not lie before the index of the previous fault.
    mutating func add(_ message: String, _ index: String.Index, advice: String) {
        messages.append("\(message) character \(position(index)); \(advice)")
    }

    mutating func add(_ wrong: Invalid, at index: String.Index) {
        messages.append("\(wrong.message) (at character \(position(index)))")
    }

    private mutating func position(_ index: String.Index) -> Int {
        counted = (index, counted.position + text.unicodeScalars[counted.index..<index].count)
        return counted.position
    }
}
