import FunctionRuntime
package import JSON
import Postgres
import Secrets

/// A part of a list in the order of its ids: so many rows behind the row with which the last page ended, or fewer where these
/// are large already.
package struct Page: Sendable {
    package let limit: Int
    /// The id of that row; nil for the first page.
    private let after: String?

    /// A page with so many bytes of rows takes no more of them.
    private static let byteLimit = 8 << 20
    /// How many rows are fetched first; then up to so many times as many as before.
    private static let firstPart = 16
    private static let growth = 4

    /// What kind of ids the list has.
    package enum Kind: Sendable { case madeHere, callers }

    package init(_ fields: inout Fields, of kind: Kind = .madeHere) {
        limit = fields.optional(
            "limit",
            .integer(1...1000).described("How many rows at the most; a page of 8 MiB ends earlier."),
            default: 100)
        after = fields.optional("after", kind == .madeHere ? .numberCursor : .cursor)
    }

    /// Fetches the page in parts, so that rows of some megabytes each are not all in memory at once.
    /// - Parameter fetch: rows behind an id, which is nil for the beginning; at most so many.
    func rows(
        _ name: String,
        _ fetch: (_ after: String?, _ count: Int) throws(FunctionError) -> [(id: String, json: JSON)]
    ) throws(FunctionError) -> ListedPage {
        var rows: [(id: String, json: JSON)] = []
        var bytes = 0
        var count = Page.firstPart
        while true {
            // One row more than the page holds, so that its end is known.
            let wanted = min(count, limit + 1 - rows.count)
            let part = try fetch(rows.last?.id ?? after, wanted)
            rows += part
            if part.count < wanted || rows.count > limit { return page(name, rows, goesOn: rows.count > limit) }
            for row in part { bytes += row.json.textBytes }
            if bytes >= Page.byteLimit { return page(name, rows, goesOn: true) }
            let fitting = (Page.byteLimit - bytes) / max(1, bytes / rows.count)
            count = max(1, min(count * Page.growth, fitting))
        }
    }

    private func page(_ name: String, _ rows: [(id: String, json: JSON)], goesOn: Bool) -> ListedPage {
        let kept = rows.prefix(limit)
        let next = goesOn ? kept.last.map { Cursor.json(behind: $0.id) } : nil
        return ListedPage(name: name, rows: kept.map(\.json), next: next ?? .null)
    }
}

extension JSON {
    fileprivate var textBytes: Int {
        if case .encoded(let text) = self { text.utf8.count } else { bytes.count }
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
