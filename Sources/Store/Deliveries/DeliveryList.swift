package import FunctionRuntime
import JSON
import Postbacks
import Postgres

/// Deliveries, owed and finished, each with its attempts.
package struct DeliveryList {
    private let database: Database
    private let orderHold: Double
    private let isBrief: Bool

    /// - Parameters:
    ///   - orderHold: seconds that a later event waits for an earlier one.
    ///   - isBrief: attempts without headers and bodies, as a line of a table shows them.
    package init(_ database: Database, orderHold: Double, isBrief: Bool = false) {
        self.database = database
        self.orderHold = orderHold
        self.isBrief = isBrief
    }

    /// One page in the order of the times since when they are owed, and of their ids where these are the same.
    /// - Throws: `not_found` where there is none and an id that filters is nobody's.
    package func page(_ filter: DeliveryFilter, _ page: Page) throws(FunctionError) -> ListedPage {
        let listed = try page.rows("deliveries") { after, count throws(FunctionError) in
            let list = Call(
                ListStatement.deliveries[page.order ?? .oldest], parameters(filter, page, after, count))
            let rows = try database.run([[.plan(.once), list]])[0][1]
            let attempts = try attempts(of: rows)
            return rows.map { row in (row.text("cursor") ?? "", delivery(row, attempts)) }
        }
        if listed.rows.isEmpty { try filter.requireKnown(in: database) }
        return listed
    }

    private func parameters(_ filter: DeliveryFilter, _ page: Page, _ after: String?, _ count: Int) -> [Parameter] {
        let range = TimedRange(since: filter.since, until: filter.until, page.order ?? .oldest, after: after)
        return [.text(filter.way.rawValue)] + filter.parameters + range.parameters + [
            .int(count), .text(String(orderHold)),
        ]
    }

    /// The attempts of the deliveries that have been leased, by the deliveries' ids. They are asked for by the days in which they
    /// were made: a statement that plans for all days takes longer for that than for the rest.
    private func attempts(of rows: Rows) throws(FunctionError) -> [Int: Attempts] {
        let tried = rows.compactMap { row -> (id: Int, from: Int, until: Int)? in
            guard let id = row.integer("id"), let from = row.integer("tried_from"),
                let until = row.integer("tried_until")
            else { return nil }
            return (id, from, until)
        }
        guard let first = tried.map(\.from).min(), let last = tried.map(\.until).max() else { return [:] }
        let list = Call(
            .listAttempts,
            [
                .integers(tried.map(\.id)), .integers(tried.map(\.from)), .integers(tried.map(\.until)), .int(first),
                .int(last), .bool(isBrief),
            ])
        let listed = try database.run([[.plan(.automatic), list]])[0][1]
        return Dictionary(
            listed.map {
                ($0.integer("id") ?? 0, Attempts(count: $0.integer("count") ?? 0, json: json($0)))
            }
        ) { first, _ in first }
    }

    /// The attempts on one line: what receivers and earlier versions stored may have line breaks between its tokens.
    private func json(_ row: Row) -> String {
        let text = row.text("attempts") ?? "[]"
        return isBrief ? text : JSON.compact(text)
    }

    /// What was kept of a delivery's attempts.
    private struct Attempts {
        /// Without probes.
        var count = 0
        /// The list, as PostgreSQL's text.
        var json = "[]"
    }

    /// PostgreSQL's text of the delivery with the attempts put in at its end.
    private func delivery(_ row: Row, _ attempts: [Int: Attempts]) -> JSON {
        let kept = attempts[row.integer("id") ?? 0] ?? Attempts()
        // Of what was resent before that was counted there are more attempts than were counted.
        let count = max(row.integer("attempts") ?? 0, kept.count)
        var bytes: [UInt8] = []
        row.append("delivery", to: &bytes)
        // The brace at its end.
        bytes.removeLast()
        bytes += ",\"attemptCount\":\(count),\"attempts\":".utf8
        bytes += kept.json.utf8
        bytes.append(UInt8(ascii: "}"))
        return .encoded(String(decoding: bytes, as: UTF8.self))
    }
}
