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

    package struct Answer {
        package let first: [Destination]
        /// The number of all, also of those beyond the limit.
        package let count: Int
    }

    package static let statement = Statement(name: "list_blocked", bytes: PackageResources.list_blocked_sql)

    package var arguments: Arguments { ["limit": .int(limit)] }

    package func answer(_ rows: Rows) throws(PostgresError) -> Answer {
        var destinations: [Destination] = []
        var count = 0
        for row in rows {
            destinations.append(
                Destination(
                    origin: try row.required("origin"), failures: try row.required("failures"),
                    since: try row.optional("since"), until: try row.optional("until")))
            count = try row.required("count")
        }
        return Answer(first: destinations, count: count)
    }
}
