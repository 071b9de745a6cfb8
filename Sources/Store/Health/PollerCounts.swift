import Postgres

/// The counts of a poller since it started.
package struct PollerCounts: Equatable, Sendable {
    /// Requests for whose answers it waits now.
    package var inFlight = 0
    /// Deliveries that it has claimed.
    package var claimed = 0
    package var delivered = 0
    /// Attempts that are to be repeated.
    package var retried = 0
    package var failed = 0
    package var dead = 0
    package var skipped = 0
    /// Late answers of lost leases, which changed nothing.
    package var fenced = 0

    package init() {}

    /// Nil for a poller of an earlier version, which reports no counts.
    init?(_ row: Row) throws(PostgresError) {
        guard let inFlight: Int = try row.optional("in_flight") else { return nil }
        self.inFlight = inFlight
        claimed = try row.required("claimed")
        delivered = try row.required("delivered")
        retried = try row.required("retried")
        failed = try row.required("failed")
        dead = try row.required("dead")
        skipped = try row.required("skipped")
        fenced = try row.required("fenced")
    }

    var arguments: Arguments {
        [
            "in_flight": .int(inFlight), "claimed": .int(claimed), "delivered": .int(delivered),
            "retried": .int(retried), "failed": .int(failed), "dead": .int(dead), "skipped": .int(skipped),
            "fenced": .int(fenced),
        ]
    }

    /// Adds the consequences of a batch of answers.
    package mutating func add(_ completion: CompleteDeliveries.Answer) {
        delivered += completion.delivered
        retried += completion.retrying
        dead += completion.dead
        failed += completion.failed
        skipped += completion.skipped
        fenced += completion.fenced
    }

    /// Adds the deliveries that a claim has ended.
    package mutating func add(_ ended: [Outbox.EndedDelivery]) {
        let dead = ended.count { $0.isDead }
        self.dead += dead
        skipped += ended.count - dead
    }

    /// The difference from an earlier state of the same counts; `inFlight` stays as it is.
    package func since(_ earlier: PollerCounts) -> PollerCounts {
        var difference = self
        difference.claimed -= earlier.claimed
        difference.delivered -= earlier.delivered
        difference.retried -= earlier.retried
        difference.failed -= earlier.failed
        difference.dead -= earlier.dead
        difference.skipped -= earlier.skipped
        difference.fenced -= earlier.fenced
        return difference
    }
}
