/// Compares the account of a recorder, the books of the database and the requests that receivers saw.
package struct Ledger: Sendable {
    package let account: Account
    package let books: Books
    package let sightings: [Sighting]
    package let bounds: Bounds

    /// The limits that a fault allows.
    package struct Bounds: Sendable {
        /// The attempts of one delivery, including those with an unknown outcome.
        package var attempts: Int
        /// The repeated requests: the number of kills and lost leases times the number of requests in flight.
        package var repeats: Int
        /// How long a later event waits for an earlier one, in milliseconds (POSTBACKS_ORDER_HOLD).
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

    /// All violations; empty if the books are right.
    package var breaches: [Breach] {
        lostConversions + wrongEvents + wrongDeliveries + unrecordedRequests + changedRequests + repeatBreaches
            + contradictions + doubleOutcomes + tooManyAttempts + disorder + miscounts
    }

    package var totals: Totals {
        var totals = Totals(recorded: books.conversions.count, owed: books.deliveries.count, sent: sightings.count)
        totals.repeats = repeats.count
        totals.unknown = books.attempts.count { $0.outcome == "unknown" }
        for delivery in books.deliveries { totals.states[delivery.state, default: 0] += 1 }
        totals.lost = Set((lostConversions + wrongEvents + wrongDeliveries).flatMap(\.ids)).count
        return totals
    }

    /// The numbers that the table shows for a fault.
    package struct Totals: Sendable {
        /// The conversions in the database.
        package var recorded = 0
        /// Their deliveries, finished or not.
        package var owed = 0
        /// The requests that receivers saw.
        package var sent = 0
        package var repeats = 0
        /// The attempts with an unknown outcome.
        package var unknown = 0
        package var states: [String: Int] = [:]
        /// The conversions, events and deliveries that are missing or wrong.
        package var lost = 0

        package init(recorded: Int = 0, owed: Int = 0, sent: Int = 0) {
            self.recorded = recorded
            self.owed = owed
            self.sent = sent
        }
    }
}
