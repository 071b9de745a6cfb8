import Input
import Postgres

/// The end from which a list begins.
enum ListOrder: String, CaseIterable, Sendable {
    case oldest, newest
}

extension Rule<ListOrder> {
    static var listOrder: Rule { oneOf(ListOrder.self, placeholder: .oldest) }
}

/// A list's statement in both orders. The file has the one from the oldest on. For the other order, a comment directly
/// behind a word replaces that word.
struct ListStatement: Sendable {
    private let oldest: Statement
    private let newest: Statement

    /// `bytes` are the contents of the `.sql` file, which names its parameters.
    init(name: String, bytes: [UInt8]) {
        oldest = Statement(name: name, bytes: bytes)
        var text = String(decoding: bytes, as: UTF8.self)
        for (word, other) in [(">", "<"), ("<", ">="), ("ASC", "DESC")] {
            text = text.replacing("\(word)/*\(other)*/", with: other)
        }
        newest = Statement(name: "\(name)_newest", text: text)
    }

    subscript(_ order: ListOrder) -> Statement { order == .oldest ? oldest : newest }
}
