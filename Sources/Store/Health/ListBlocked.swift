package import Postgres

/// Lists the destinations that do not answer or asked for a pause, the longest first.
package struct ListBlocked: StoredCall {
    /// The maximum of destinations to list.
    package let limit: Int

    package init(limit: Int) { self.limit = limit }

    package struct Destination {
        package let origin: String
        package let failures: Int
        /// Since when it has not answered; nil if it answered and asked for a pause.
        package let since: String?
        /// Until when it is blocked; nil if it is not blocked now.
        package let until: String?
    }

    package static let statement = Statement(name: "list_blocked", bytes: PackageResources.list_blocked_sql)

    package var arguments: Arguments { ["limit": .int(limit)] }

    package func answer(_ rows: Rows) throws(PostgresError) -> FirstRows<Destination> {
        try FirstRows(rows) { row throws(PostgresError) in
            Destination(
                origin: try row.required("origin"), failures: try row.required("failures"),
                since: try row.optional("since"), until: try row.optional("until"))
        }
    }
}
