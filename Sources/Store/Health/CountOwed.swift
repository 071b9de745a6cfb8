package import Postgres

/// Counts the deliveries in the outbox by their state.
package struct CountOwed: StoredCall {
    /// The number of deliveries that are counted at most; nil for all.
    package let limit: Int?

    package init(limit: Int? = nil) { self.limit = limit }

    package struct Count {
        package let state: State
        package let count: Int
    }

    package enum State: String, ColumnValue, CaseIterable {
        case owed, retrying
        case inFlight = "in_flight"
        case held
    }

    package static let statement = Statement(name: "count_owed", bytes: PackageResources.count_owed_sql)

    package var arguments: Arguments { ["limit": .optional(limit)] }

    package func answer(_ rows: Rows) throws(PostgresError) -> [Count] {
        var counts: [Count] = []
        for row in rows { counts.append(Count(state: try row.required("state"), count: try row.required("count"))) }
        return counts
    }
}

/// Counts the deliveries that could be sent now.
package struct CountDue: StoredCall {
    package init() {}

    package struct Answer {
        package let count: Int
        /// Seconds for which the oldest of them has been due.
        package let seconds: Int

        package init(count: Int, seconds: Int) {
            self.count = count
            self.seconds = seconds
        }
    }

    package static let statement = Statement(name: "count_due", bytes: PackageResources.count_due_sql)

    package func answer(_ rows: Rows) throws(PostgresError) -> Answer {
        let row = try rows.single()
        return Answer(count: try row.required("count"), seconds: try row.required("seconds"))
    }
}
