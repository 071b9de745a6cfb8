import Domain
package import FunctionRuntime
import JSON
import Postgres

/// Lists deliveries, owed and finished, each with its attempts.
package struct DeliveryList {
    private let database: Database
    private let orderHold: Duration
    private let isBrief: Bool

    /// A later event waits at most `orderHold` for an earlier one. If `isBrief` is true, the attempts have no
    /// headers and bodies, for a line of a table.
    package init(_ database: Database, orderHold: Duration, isBrief: Bool = false) {
        self.database = database
        self.orderHold = orderHold
        self.isBrief = isBrief
    }

    /// One page in the order of the times at which the deliveries became owed, and of their ids where the times are
    /// equal.
    /// - Throws: `not_found` if the page is empty and an id in the filter does not exist.
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

    /// The attempts of the deliveries that were leased, by delivery id. The statement gets the range of days in which
    /// they were made: planning for the partitions of all days takes longer than the rest.
    private func attempts(
        of deliveries: [ListDeliveries.Listed]
    ) throws(FunctionError) -> [Int: ListAttempts.Attempts] {
        let tried = deliveries.compactMap { delivery in
            delivery.tried.map { (id: delivery.id, from: $0.from, until: $0.until) }
        }
        if tried.isEmpty { return [:] }
        return try database.run(ListAttempts(deliveries: tried, isBrief: isBrief), planned: .automatic)
    }

    /// PostgreSQL's JSON text of the delivery, with the attempts appended.
    private func json(_ delivery: ListDeliveries.Listed, _ attempts: ListAttempts.Attempts) -> JSON {
        // Deliveries resent by an early version have more attempts than were counted.
        let count = max(delivery.attempts, attempts.count)
        // Drops the closing brace.
        var bytes = Array(delivery.delivery.dropLast())
        bytes += ",\"attemptCount\":\(count),\"attempts\":".utf8
        // Compacts to one line: JSON from receivers and earlier versions may have line breaks between its tokens.
        bytes += (isBrief ? attempts.json : JSON.compact(attempts.json)).utf8
        bytes.append(UInt8(ascii: "}"))
        return .encoded(String(decoding: bytes, as: UTF8.self))
    }
}
