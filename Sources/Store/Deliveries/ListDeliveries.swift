import Domain
import JSON
import Postgres
import System

/// Lists deliveries in the order of the times at which they became owed, without their attempts.
struct ListDeliveries: StoredCall {
    let filter: DeliveryFilter
    let order: ListOrder
    /// The cursor of the row behind which the page begins; nil for the first page.
    let after: String?
    let count: Int
    /// How long a later event waits for an earlier one.
    let orderHold: Duration

    struct Listed {
        /// The cursor of the row.
        let place: String
        let id: Int
        /// The delivery as PostgreSQL's text of a JSON object.
        let delivery: [UInt8]
        /// The number of attempts that were counted.
        let attempts: Int
        /// The range of times of its attempts, in seconds since 1970; nil if it was never leased.
        let tried: (from: Int, until: Int)?
    }

    /// The statement with all branches.
    static let statement = Statement(name: "list_deliveries", bytes: PackageResources.list_deliveries_sql)
    var statement: Statement {
        .listDeliveries(PackageResources.list_deliveries_sql, filter.branches, in: order)
    }

    var arguments: Arguments {
        let range = TimedRange(since: filter.since, until: filter.until, order, after: after)
        return [
            "lookup": .text(filter.lookup.rawValue), "count": .int(count),
            "order_hold": .text(String(orderHold.seconds)),
        ]
            + filter.arguments + range.arguments
    }

    func answer(_ rows: Rows) throws(PostgresError) -> [Listed] {
        try rows.map { row throws(PostgresError) in
            let from: Int? = try row.optional("tried_from")
            let tried: (from: Int, until: Int)? =
                if let from { (from, try row.required("tried_until")) } else { nil }
            return Listed(
                place: try row.required("cursor"), id: try row.required("id"),
                delivery: try row.required("delivery"), attempts: try row.required("attempts"), tried: tried)
        }
    }
}
