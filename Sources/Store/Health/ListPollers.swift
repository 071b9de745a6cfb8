package import Postgres

/// Lists the pollers that did not shut down cleanly, the one seen last first.
package struct ListPollers: StoredCall {
    package init() {}

    package struct Poller {
        /// A UUID.
        package let id: String
        /// The name of its machine; nil if the poller's version does not report it. The same holds for the counts.
        package let host: String?
        package let version: String
        package let startedAt: String
        package let seenAt: String
        /// Seconds since it was last seen.
        package let seconds: Int
        /// The reason why it cannot send; nil for none.
        package let problem: String?
        package let counts: PollerCounts?

        /// Seconds after which a silent poller counts as gone: by then it has missed two heartbeats.
        package static let patience = 15
        package var isAlive: Bool { seconds <= Poller.patience }
    }

    package static let statement = Statement(name: "list_pollers", bytes: PackageResources.list_pollers_sql)

    package func answer(_ rows: Rows) throws(PostgresError) -> [Poller] {
        var pollers: [Poller] = []
        for row in rows {
            pollers.append(
                Poller(
                    id: try row.required("id"), host: try row.optional("host"), version: try row.required("version"),
                    startedAt: try row.required("started_at"), seenAt: try row.required("seen_at"),
                    seconds: try row.required("seconds"), problem: try row.optional("problem"),
                    counts: try PollerCounts(row)))
        }
        return pollers
    }
}
