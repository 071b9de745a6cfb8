/// The account of a recorder, the books of the database and what the receivers saw, held against one another.
package struct Ledger: Sendable {
    package let account: Account
    package let books: Books
    package let sightings: [Sighting]
    package let bounds: Bounds

    /// What the fault allows.
    package struct Bounds: Sendable {
        /// Attempts of one delivery, those of unknown outcome included.
        package var attempts: Int
        /// Second sends: kills and lost leases times what was in flight.
        package var repeats: Int
        /// Milliseconds that a later event waits for an earlier one: POSTBACKS_ORDER_HOLD.
        package var orderHold: Int64 = 600_000

        package init(attempts: Int, repeats: Int) {
            self.attempts = attempts
            self.repeats = repeats
        }
    }

    package init(account: Account, books: Books, sightings: [Sighting], bounds: Bounds) {
        self.account = account
        self.books = books
        self.sightings = sightings
        self.bounds = bounds
        attemptsByDelivery = Dictionary(grouping: books.attempts, by: \.delivery)
        sightingsByDelivery = Dictionary(grouping: sightings, by: \.delivery)
    }

    let attemptsByDelivery: [Int: [Books.Attempt]]
    let sightingsByDelivery: [Int: [Sighting]]

    /// Everything that does not hold; empty when the books are right.
    package var breaches: [Breach] {
        lostConversions + wrongEvents + wrongDeliveries + unrecordedRequests + changedRequests + repeatBreaches
            + contradictions + doubleOutcomes + tooManyAttempts + disorder
    }

    package var totals: Totals {
        var totals = Totals(recorded: books.conversions.count, owed: books.deliveries.count, sent: sightings.count)
        totals.repeats = repeats.count
        totals.unknown = books.attempts.count { $0.outcome == "unknown" }
        for delivery in books.deliveries { totals.states[delivery.state, default: 0] += 1 }
        totals.lost = Set((lostConversions + wrongEvents + wrongDeliveries).flatMap(\.ids)).count
        return totals
    }

    /// What the table says of a fault.
    package struct Totals: Sendable {
        /// Conversions in the database.
        package var recorded = 0
        /// Deliveries of them, finished or not.
        package var owed = 0
        /// Requests that receivers saw.
        package var sent = 0
        package var repeats = 0
        /// Attempts of which nobody knows whether they were sent.
        package var unknown = 0
        package var states: [String: Int] = [:]
        /// Conversions, events and deliveries that ought to be there and are not.
        package var lost = 0

        package init(recorded: Int = 0, owed: Int = 0, sent: Int = 0) {
            self.recorded = recorded
            self.owed = owed
            self.sent = sent
        }
    }
}
