import JSON
import Postgres

/// From which end a list begins.
enum ListOrder: String, CaseIterable, Sendable {
    case oldest, newest
}

extension Rule<ListOrder> {
    static var listOrder: Rule { oneOf(ListOrder.self, placeholder: .oldest) }
}

/// A list's statement in both orders. The file is the one from the oldest on; where the other differs, what stands in a comment
/// directly behind a word takes its place.
struct ListStatement: Sendable {
    private let oldest: Statement
    private let newest: Statement

    init(name: String, bytes: [UInt8]) {
        oldest = Statement(name: name, bytes: bytes)
        var sql = oldest.sql
        for (word, other) in [(">", "<"), ("<", ">="), ("ASC", "DESC")] {
            sql = sql.replacing("\(word)/*\(other)*/", with: other)
        }
        newest = Statement(name: "\(name)_newest", sql: sql)
    }

    subscript(_ order: ListOrder) -> Statement { order == .oldest ? oldest : newest }
}
