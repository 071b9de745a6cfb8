import JSON

/// What is wrong with a template, each with its place.
struct TemplateFaults {
    private var messages: [String] = []
    private let text: String
    /// How far the characters are counted.
    private var counted: (index: String.Index, position: Int)

    /// - Parameter firstPosition: of the text's first character.
    init(_ text: String, firstPosition: Int) {
        self.text = text
        counted = (text.startIndex, firstPosition)
    }

    /// Whether looking for what was meant is worth its price: nobody is shown more than so many.
    var areFew: Bool { messages.count < Fault.limit }

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
