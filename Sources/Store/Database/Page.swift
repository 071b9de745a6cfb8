import FunctionRuntime
package import Input
package import JSON

/// A part of a list: at most `limit` rows behind the last row of the previous page, or fewer if the rows are large.
package struct Page: Sendable {
    package let limit: Int
    /// Nil if the input names no order.
    let order: ListOrder?
    /// The place of the previous page's last row; nil for the first page.
    private let after: String?

    /// A page ends when its rows have this many bytes.
    private static let byteLimit = 8 << 20
    /// The number of rows in the first part; each further part has up to `growth` times as many.
    private var firstPart = 16
    private static let growth = 4

    /// The order of a list.
    package enum Kind: Sendable {
        /// By ids from a sequence, each larger than the ones before.
        case numbers
        /// By ids that callers choose; if an order is given, by the time of creation.
        case names
        /// By times, and by ids where the times are equal.
        case times
    }

    package init(_ fields: inout Fields, of kind: Kind = .numbers) {
        limit = fields.optional(
            "limit",
            .integer(1...1000).described("The maximum number of rows; a page ends earlier at 8 MiB."),
            default: 100)
        order = fields.optional("order", .listOrder.described("The order of the rows. \(kind.defaultOrder)"))
        switch kind {
        case .numbers: after = fields.optional("after", .numberCursor)
        case .names where order == nil: after = fields.optional("after", .cursor)
        case .names: after = fields.optional("after", .timedCursor(isNumbered: false))
        case .times: after = fields.optional("after", .timedCursor(isNumbered: true))
        }
    }

    /// The part of a list of records that one call changes.
    init(ofChanges fields: inout Fields) {
        limit = fields.optional(
            "limit",
            .integer(1...1000).described(
                "The maximum number of postbacks that one call selects; a call ends earlier at 8 MiB."),
            default: 1000)
        order = nil
        after = fields.optional("after", .numberCursor)
    }

    /// The same page, fetched in one part: for use after a page whose rows were all small.
    package var inOnePart: Page {
        var page = self
        page.firstPart = limit + 1
        return page
    }

    /// Fetches the page in parts, so that memory never holds all rows if each has several megabytes. `fetch` returns at
    /// most `count` rows behind the place `after`, which is nil for the start, each with its place.
    func rows(
        _ name: String,
        _ fetch: (_ after: String?, _ count: Int) throws(FunctionError) -> [ListedRow]
    ) throws(FunctionError) -> ListedPage {
        var rows: [ListedRow] = []
        var bytes = 0
        var count = firstPart
        while true {
            // Fetches one row more than the page holds, to learn whether the list ends.
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

    /// The place before the first row of a list of numbers.
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
        case .names: "Without it, the rows are in the order of their ids."
        case .numbers, .times: "The default is oldest."
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

/// The output of a list: its rows under their name, and `next`, which is null at the end.
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

    /// `row` is the schema of one row.
    package static func schema(_ name: String, _ row: JSON) -> JSON {
        [
            "type": "object",
            "properties": .object([JSON.Member(name, Schema.list(row)), JSON.Member("next", Schema.textOrNull)]),
            "required": [.string(name), "next"],
        ]
    }
}
