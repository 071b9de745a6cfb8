import FunctionRuntime
package import JSON
import Postgres
import Secrets

/// A part of a list in the order of its ids: so many rows behind the row with which the last page ended.
package struct Page: Sendable {
    package let limit: Int
    /// The id of that row; nil for the first page.
    let after: String?

    /// What kind of ids the list has.
    package enum Kind: Sendable { case madeHere, callers }

    package init(_ fields: inout Fields, of kind: Kind = .madeHere) {
        limit = fields.optional("limit", .integer(1...1000), default: 100)
        after = fields.optional("after", kind == .madeHere ? .numberCursor : .cursor)
    }

    /// `after` where ids are made here.
    var afterNumber: Parameter { .text(after ?? "0") }

    /// One row more than the page holds, so that its end is known.
    var fetchLimit: Parameter { .int(limit + 1) }

    /// The page's rows under their name, and the cursor of the next page.
    func cut(_ name: String, _ rows: [(id: String, json: JSON)]) -> ListedPage {
        let kept = rows.prefix(limit)
        let next = rows.count > limit ? kept.last.map { Cursor.json(behind: $0.id) } : nil
        return ListedPage(name: name, rows: kept.map(\.json), next: next ?? .null)
    }
}

/// What a list answers: its rows under their name, and `next`, which is null at the end.
package struct ListedPage: FunctionOutput {
    private let name: String
    package let rows: [JSON]
    package let next: JSON

    init(name: String, rows: [JSON], next: JSON) {
        self.name = name
        self.rows = rows
        self.next = next
    }

    package var json: JSON { .object([JSON.Member(name, .array(rows)), JSON.Member("next", next)]) }

    /// - Parameter row: the schema of one row.
    package static func schema(_ name: String, _ row: JSON) -> JSON {
        [
            "type": "object",
            "properties": .object([JSON.Member(name, Schema.list(row)), JSON.Member("next", Schema.textOrNull)]),
            "required": [.string(name), "next"],
        ]
    }
}

/// Where a list goes on, opaque to callers so that what it holds may change.
enum Cursor {
    static func json(behind id: String) -> JSON { .string(Base64.encode(Array(id.utf8))) }

    fileprivate static func id(_ text: String) -> String? {
        // PostgreSQL's texts hold no NUL.
        Base64.decode(text).flatMap { $0.contains(0) ? nil : String(validating: $0, as: UTF8.self) }
    }
}

extension Rule<String> {
    /// A cursor as a list answered it in `next`.
    static var cursor: Rule {
        let base64 =
            "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$"
        let schema: JSON = ["pattern": .string(base64), "description": "The value of \"next\" of the page before."]
        return text(1...1024).parsed(placeholder: "", schema: schema) { text throws(Wrong) in
            guard let id = Cursor.id(text) else { throw Wrong("must be the value of \"next\" of the page before") }
            return id
        }
    }

    /// A cursor of a list whose ids are made here.
    package static var numberCursor: Rule {
        cursor.parsed(placeholder: "0") { id throws(Wrong) in
            guard Int(id) != nil else { throw Wrong("must be the value of \"next\" of the page before") }
            return id
        }
    }
}
