package import Postgres

/// Measures the outbox for the operator; cheap enough for every minute.
package struct MeasureBacklog: StoredCall {
    /// The number up to which the deliveries are counted.
    package let countLimit: Int

    package init(countLimit: Int = Outbox.Backlog.countLimit) { self.countLimit = countLimit }

    package static let statement = Statement(name: "measure_backlog", bytes: PackageResources.measure_backlog_sql)

    package var arguments: Arguments { ["count_limit": .int(countLimit)] }

    package func answer(_ rows: Rows) throws(PostgresError) -> Outbox.Backlog {
        let row = try rows.single()
        return Outbox.Backlog(
            owed: try row.required("owed"), oldestDueSeconds: try row.optional("oldest_due_seconds"))
    }
}

extension Outbox {
    package struct Backlog: Equatable {
        /// The count, at most the number up to which deliveries are counted.
        package let owed: Int
        /// The number of seconds for which the oldest sendable delivery has been due; nil if there is none. A delivery
        /// is sendable if it is not held and its destination is not blocked.
        package let oldestDueSeconds: Int?

        /// The number up to which a poller counts for its log.
        package static let countLimit = 1_000_000

        package init(owed: Int, oldestDueSeconds: Int?) {
            self.owed = owed
            self.oldestDueSeconds = oldestDueSeconds
        }
    }
}
