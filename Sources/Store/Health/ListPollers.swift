package import Postgres

/// Lists the pollers of the last day that have not ended in good order, the one that was seen last first.
package struct ListPollers: StoredCall {
    package init() {}

    package struct Poller {
        package let version: String
        /// How long ago it was seen last.
        package let seconds: Int
        /// What keeps it from sending.
        package let problem: String?

        /// Seconds for which one that says nothing is taken to be there: it has missed two beats by then.
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
