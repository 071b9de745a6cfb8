package import Postgres

/// Measures what is owed, as far as an operator wants to know each minute.
package struct MeasureBacklog: StoredCall {
    package init() {}

    package static let statement = Statement(name: "measure_backlog", bytes: PackageResources.measure_backlog_sql)

    package var arguments: Arguments { ["count_limit": .int(Outbox.Backlog.countLimit)] }

    package func answer(_ rows: Rows) throws(PostgresError) -> Outbox.Backlog {
        let row = try rows.single()
        return Outbox.Backlog(
            owed: try row.required("owed"), oldestDueSeconds: try row.optional("oldest_due_seconds"))
    }
}

extension Outbox {
    package struct Backlog: Equatable {
        /// At most `countLimit`.
        package let owed: Int
        /// For how many seconds the oldest has been due of all that could be sent: not held, and not to a blocked destination.
        /// Nil for none.
        package let oldestDueSeconds: Int?

        package static let countLimit = 1_000_000

        package init(owed: Int, oldestDueSeconds: Int?) {
            self.owed = owed
            self.oldestDueSeconds = oldestDueSeconds
        }
    }
}
