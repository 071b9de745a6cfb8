package import Postgres

/// Lists the pollers that did not shut down cleanly, the one seen last first.
package struct ListPollers: StoredCall {
    package init() {}

    package struct Poller {
        package let version: String
        /// Seconds since it was last seen.
        package let seconds: Int
        /// The reason why it cannot send; nil for none.
        package let problem: String?

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
                    version: try row.required("version"), seconds: try row.required("seconds"),
                    problem: try row.optional("problem")))
        }
        return pollers
    }
}
