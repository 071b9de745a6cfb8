import FunctionRuntime
package import JSON

/// A part of a list: so many rows behind the row with which the last page ended, or fewer where these are large already.
package struct Page: Sendable {
    package let limit: Int
    /// Nil where none was asked for.
    let order: ListOrder?
    /// The place of that row; nil for the first page.
    private let after: String?

    /// A page with so many bytes of rows takes no more of them.
    private static let byteLimit = 8 << 20
    /// How many rows are fetched first; then up to so many times as many as before.
    private var firstPart = 16
    private static let growth = 4

    /// What the list is in the order of.
    package enum Kind: Sendable {
        /// Ids that are made here, each larger than the ones before.
        case numbers
        /// Callers' ids; where an order is asked for, the times at which they were made.
        case names
        /// Times, and ids where these are the same.
        case times
    }

    package init(_ fields: inout Fields, of kind: Kind = .numbers) {
        limit = fields.optional(
            "limit",
            .integer(1...1000).described("How many rows at the most; a page of 8 MiB ends earlier."),
            default: 100)
        order = fields.optional("order", .listOrder.described("Which rows come first. \(kind.defaultOrder)"))
        switch kind {
        case .numbers: after = fields.optional("after", .numberCursor)
        case .names where order == nil: after = fields.optional("after", .cursor)
        case .names: after = fields.optional("after", .timedCursor(isNumbered: false))
        case .times: after = fields.optional("after", .timedCursor(isNumbered: true))
        }
    }

    /// The same page, fetched at once: for one behind a page whose rows were all small.
    package var inOnePart: Page {
        var page = self
        page.firstPart = limit + 1
        return page
    }

    /// Fetches the page in parts, so that rows of some megabytes each are not all in memory at once.
    /// - Parameter fetch: rows behind a place, which is nil for the beginning; at most so many, each with its place.
    func rows(
        _ name: String,
        _ fetch: (_ after: String?, _ count: Int) throws(FunctionError) -> [ListedRow]
    ) throws(FunctionError) -> ListedPage {
        var rows: [ListedRow] = []
        var bytes = 0
        var count = firstPart
        while true {
            // One row more than the page holds, so that its end is known.
            let wanted = min(count, limit + 1 - rows.count)
            let part = try fetch(rows.last?.place ?? after, wanted)
            rows += part
            if part.count < wanted || rows.count > limit { return page(name, rows, goesOn: rows.count > limit) }
            for row in part { bytes += row.json.textBytes }
            if bytes >= Page.byteLimit { return page(name, rows, goesOn: true) }
            let fitting = (Page.byteLimit - bytes) / max(1, bytes / rows.count)
            count = max(1, min(count * Page.growth, fitting))
        }
    }

    /// Before the first row of a list of numbers.
    var start: String { order == .newest ? String(Int.max) : "0" }

    private func page(_ name: String, _ rows: [ListedRow], goesOn: Bool) -> ListedPage {
        let kept = rows.prefix(limit)
        let next = goesOn ? kept.last.map { Cursor.json(behind: $0.place) } : nil
        return ListedPage(name: name, rows: kept.map(\.json), next: next ?? .null)
    }
}

extension Page.Kind {
    fileprivate var defaultOrder: String {
        switch self {
        case .names: "Without it they are in the order of their ids."
        case .numbers, .times: "oldest unless it is given."
        }
    }
}

extension JSON {
    fileprivate var textBytes: Int {
        if case .encoded(let text) = self { text.utf8.count } else { bytes.count }
    }
}

/// One row of a list.
struct ListedRow {
    /// The place behind which the next page begins.
    let place: String
    let json: JSON
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
