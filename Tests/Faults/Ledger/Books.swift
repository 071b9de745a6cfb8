/// What the database says after a fault, as plain rows.
package struct Books: Sendable {
    package var conversions: [Conversion] = []
    package var events: [Event] = []
    package var postbacks: [Postback] = []
    package var deliveries: [Delivery] = []
    package var attempts: [Attempt] = []

    package init() {}

    package struct Conversion: Sendable {
        package var id: Int
        package var offer: String
        package var transaction: String
        /// Of its last event.
        package var sequence: Int

        package init(id: Int, offer: String, transaction: String, sequence: Int) {
            self.id = id
            self.offer = offer
            self.transaction = transaction
            self.sequence = sequence
        }
    }

    package struct Event: Sendable {
        package var id: Int
        package var conversion: Int
        package var sequence: Int
        package var status: String
        /// Milliseconds since 1970.
        package var at: Int64

        package init(id: Int, conversion: Int, sequence: Int, status: String, at: Int64 = 0) {
            self.id = id
            self.conversion = conversion
            self.sequence = sequence
            self.status = status
            self.at = at
        }
    }

    package struct Postback: Sendable {
        package var id: Int
        package var offer: String
        package var status: String
        /// The row of its destination.
        package var destination: Int

        package init(id: Int, offer: String, status: String, destination: Int = 0) {
            self.id = id
            self.offer = offer
            self.status = status
            self.destination = destination
        }
    }

    /// One that is owed or finished.
    package struct Delivery: Sendable {
        package var id: Int
        package var event: Int
        package var postback: Int
        package var state: String
        /// Of its last lease, and whether that one is still open.
        package var lease: Int
        package var isLeased: Bool
        /// How many attempts it says that it has had.
        package var attempts: Int

        package init(id: Int, event: Int, postback: Int, state: String, lease: Int, isLeased: Bool, attempts: Int) {
            self.id = id
            self.event = event
            self.postback = postback
            self.state = state
            self.lease = lease
            self.isLeased = isLeased
            self.attempts = attempts
        }

        /// Whether it stands in the outbox.
        package var isOwed: Bool { ["owed", "retrying", "in_flight", "held"].contains(state) }
    }

    package struct Attempt: Sendable {
        package var delivery: Int
        package var lease: Int
        /// From 1. A probe carries the number that the next request will carry.
        package var number: Int
        package var outcome: String
        /// It found no connection to a destination that was blocked before: nothing was handed over, and no attempt spent.
        package var isProbe: Bool

        package init(delivery: Int, lease: Int, number: Int, outcome: String, isProbe: Bool = false) {
            self.delivery = delivery
            self.lease = lease
            self.number = number
            self.outcome = outcome
            self.isProbe = isProbe
        }
    }
}
