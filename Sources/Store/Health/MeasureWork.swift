package import Postgres

/// Measures the work that is owed, in bounded time, for a monitor that asks often.
package struct MeasureWork: StoredCall {
    package init() {}

    package struct Answer: Sendable, Equatable {
        package let due: Int
        /// Deliveries that are due later, or wait for a blocked destination.
        package let waiting: Int
        package let leased: Int
        /// Deliveries of paused postbacks.
        package let held: Int
        /// Seconds for which the oldest due delivery has been due; zero if none is.
        package let oldestDueSeconds: Int
        package let blockedDestinations: Int
        package let pausedPostbacks: Int
        package let pollersAlive: Int
        /// Requests for whose answers the living pollers wait.
        package let attemptsInFlight: Int
        /// Seconds since a poller was seen last; nil if none is known.
        package let pollerSeconds: Int?

        package init(
            due: Int, waiting: Int, leased: Int, held: Int, oldestDueSeconds: Int, blockedDestinations: Int,
            pausedPostbacks: Int, pollersAlive: Int, attemptsInFlight: Int, pollerSeconds: Int?
        ) {
            self.due = due
            self.waiting = waiting
            self.leased = leased
            self.held = held
            self.oldestDueSeconds = oldestDueSeconds
            self.blockedDestinations = blockedDestinations
            self.pausedPostbacks = pausedPostbacks
            self.pollersAlive = pollersAlive
            self.attemptsInFlight = attemptsInFlight
            self.pollerSeconds = pollerSeconds
        }
    }

    /// The maximum of rows of the outbox that are read.
    package static let limit = 100_000

    package static let statement = Statement(name: "measure_work", bytes: PackageResources.measure_work_sql)

    package var arguments: Arguments {
        ["limit": .int(MeasureWork.limit), "patience": .int(ListPollers.Poller.patience)]
    }

    package func answer(_ rows: Rows) throws(PostgresError) -> Answer {
        let row = try rows.single()
        return Answer(
            due: try row.required("due"), waiting: try row.required("waiting"), leased: try row.required("leased"),
            held: try row.required("held"), oldestDueSeconds: try row.required("oldest_due_seconds"),
            blockedDestinations: try row.required("blocked_destinations"),
            pausedPostbacks: try row.required("paused_postbacks"), pollersAlive: try row.required("pollers_alive"),
            attemptsInFlight: try row.required("attempts_in_flight"),
            pollerSeconds: try row.optional("poller_seconds"))
    }
}
