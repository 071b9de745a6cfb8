package import Postgres

/// Lists the paused postbacks, the longest first.
package struct ListPaused: StoredCall {
    /// The maximum of postbacks to list.
    package let limit: Int
    /// The number up to which the deliveries of a postback are counted.
    package let heldLimit: Int

    package init(limit: Int, heldLimit: Int = 1_000_000) {
        self.limit = limit
        self.heldLimit = heldLimit
    }

    package struct Postback {
        package let id: Int
        /// Nil for every offer of the affiliate.
        package let offer: String?
        /// Nil for every affiliate of the offer.
        package let affiliate: String?
        package let reason: String
        package let since: String
        /// The number of deliveries that it owes, at most `heldLimit`.
        package let held: Int
    }

    package static let statement = Statement(name: "list_paused", bytes: PackageResources.list_paused_sql)

    package var arguments: Arguments { ["limit": .int(limit), "held_limit": .int(heldLimit)] }

    package func answer(_ rows: Rows) throws(PostgresError) -> FirstRows<Postback> {
        try FirstRows(rows) { row throws(PostgresError) in
            Postback(
                id: try row.required("id"), offer: try row.optional("offer_id"),
                affiliate: try row.optional("affiliate_id"),
                reason: try row.required("reason"), since: try row.required("since"), held: try row.required("held"))
        }
    }
}
