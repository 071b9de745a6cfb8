package import Postgres

/// Lists the paused postbacks, the longest first.
package struct ListPaused: StoredCall {
    /// The maximum of postbacks to list.
    package let limit: Int

    package init(limit: Int) { self.limit = limit }

    package struct Postback {
        package let id: Int
        package let affiliate: String?
        package let reason: String
        package let since: String
        /// The number of deliveries that it owes.
        package let held: Int
    }

    package static let statement = Statement(name: "list_paused", bytes: PackageResources.list_paused_sql)

    package var arguments: Arguments { ["limit": .int(limit)] }

    package func answer(_ rows: Rows) throws(PostgresError) -> FirstRows<Postback> {
        try FirstRows(rows) { row throws(PostgresError) in
            Postback(
                id: try row.required("id"), affiliate: try row.optional("affiliate_id"),
                reason: try row.required("reason"), since: try row.required("since"), held: try row.required("held"))
        }
    }
}
