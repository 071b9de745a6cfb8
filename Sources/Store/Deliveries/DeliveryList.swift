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
            let order = page.order ?? .oldest
            let deliveries = try database.run(
                ListDeliveries(filter: filter, order: order, after: after, count: count, orderHold: orderHold),
                planned: .once)
            let attempts = try attempts(of: deliveries)
            return deliveries.map { ListedRow(place: $0.place, json: json($0, attempts[$0.id] ?? .none)) }
        }
        if listed.rows.isEmpty { try filter.requireKnown(in: database) }
        return listed
    }

    /// The attempts of the deliveries that have been leased, by the deliveries' ids. They are asked for by the days in which they
    /// were made: a statement that plans for all days takes longer for that than for the rest.
    private func attempts(
        of deliveries: [ListDeliveries.Listed]
    ) throws(FunctionError) -> [Int: ListAttempts.Attempts] {
        let tried = deliveries.compactMap { delivery in
            delivery.tried.map { (id: delivery.id, from: $0.from, until: $0.until) }
        }
        if tried.isEmpty { return [:] }
        return try database.run(ListAttempts(deliveries: tried, isBrief: isBrief), planned: .automatic)
    }

    /// PostgreSQL's text of the delivery with the attempts put in at its end.
    private func json(_ delivery: ListDeliveries.Listed, _ attempts: ListAttempts.Attempts) -> JSON {
        // Of what was resent before that was counted there are more attempts than were counted.
        let count = max(delivery.attempts, attempts.count)
        // Without the brace at its end.
        var bytes = Array(delivery.delivery.dropLast())
        bytes += ",\"attemptCount\":\(count),\"attempts\":".utf8
        // On one line: what receivers and earlier versions stored may have line breaks between its tokens.
        bytes += (isBrief ? attempts.json : JSON.compact(attempts.json)).utf8
        bytes.append(UInt8(ascii: "}"))
        return .encoded(String(decoding: bytes, as: UTF8.self))
    }
}
