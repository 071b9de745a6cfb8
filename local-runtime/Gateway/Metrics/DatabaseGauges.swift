import FunctionRuntime
package import Store

/// The work that is owed, read from the database. If it cannot be read, the values are left out, because a zero would
/// say that nothing is owed.
package struct DatabaseGauges: Sendable, Equatable {
    package let measured: MeasureWork.Answer
    /// The counters that all pollers share.
    package let counters: [ListCounters.Counter]

    package init(_ measured: MeasureWork.Answer, counters: [ListCounters.Counter]) {
        self.measured = measured
        self.counters = counters
    }

    /// The maximum of counters. There are only a few hundred, because there are few bounds, outcomes and errors.
    static let counterLimit = 5000

    static func families(_ gauges: DatabaseGauges?) -> [MetricFamily] {
        var up = MetricFamily("database_up", .gauge, "Whether the database could be read: 1 or 0.")
        up.add(gauges == nil ? 0 : 1)
        guard let work = gauges?.measured else { return [up] }
        var rows = MetricFamily(
            "outbox_rows", .gauge,
            "Deliveries that are owed, by state. At most \(MeasureWork.limit) rows are looked at in all.")
        for (state, count) in [
            ("due", work.due), ("waiting", work.waiting), ("leased", work.leased), ("held", work.held),
        ] {
            rows.add(count, ["state": state])
        }
        var oldest = MetricFamily(
            "outbox_oldest_due_age_seconds", .gauge, "For how long the delivery has been due that was due first.")
        oldest.add(work.oldestDueSeconds)
        var blocked = MetricFamily("destinations_blocked", .gauge, "Destinations to which nothing is sent now.")
        blocked.add(work.blockedDestinations)
        var paused = MetricFamily("postbacks_paused", .gauge, "Postbacks that are paused.")
        paused.add(work.pausedPostbacks)
        var pollers = MetricFamily("pollers_alive", .gauge, "Pollers that were seen within the last 15 seconds.")
        pollers.add(work.pollersAlive)
        var attempts = MetricFamily("attempts_in_flight", .gauge, "Requests that the running pollers wait for.")
        attempts.add(work.attemptsInFlight)
        return [up, rows, oldest, blocked, paused, pollers, attempts] + PollerFamilies.make(gauges?.counters ?? [])
    }
}
