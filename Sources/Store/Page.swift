package import JSON

/// A part of a list in the order of its ids: so many rows behind the row with which the last page ended.
package struct Page: Sendable {
    package let limit: Int
    package let after: Int

    package init(_ fields: inout Fields) {
        limit = fields.optional("limit", .integer(1...1000), default: 100)
        after = fields.optional("after", .cursor) ?? 0
    }

    /// The page's rows and the cursor of the next page, from one row more than the page holds; null at the end.
    func cut(_ rows: [(id: Int, json: JSON)]) -> (rows: [JSON], next: JSON) {
        let kept = rows.prefix(limit)
        let next = rows.count > limit ? kept.last.map { JSON.string(Page.cursor($0.id)) } : nil
        return (kept.map(\.json), next ?? .null)
    }

    /// A cursor is opaque to callers, so that what it holds may change.
    fileprivate static func cursor(_ id: Int) -> String { "p" + String(id, radix: 36) }

    fileprivate static func id(_ cursor: String) -> Int? {
        guard cursor.first == "p", let id = Int(cursor.dropFirst(), radix: 36), id >= 0 else { return nil }
        return id
    }
}

extension Rule<Int> {
    /// A cursor as a list answered it in `next`.
    fileprivate static var cursor: Rule {
        Rule<String>.text(1...32).parsed(placeholder: 0) { text throws(Wrong) in
            guard let id = Page.id(text) else { throw Wrong("must be the value of \"next\" of the page before") }
            return id
        }
    }
}
