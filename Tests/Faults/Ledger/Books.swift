/// The content of the database after a fault, as plain rows.
package struct Books: Sendable {
    package var conversions: [Conversion] = []
    package var events: [Event] = []
    package var postbacks: [Postback] = []
    package var deliveries: [Delivery] = []
    package var attempts: [Attempt] = []
    package var counts: [Count] = []

    package init() {}

    package struct Conversion: Sendable {
        package var id: Int
        package var offer: String
        package var transaction: String
        /// The sequence of its last event.
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
        /// The id of its row in `destinations`.
        package var destination: Int

        package init(id: Int, offer: String, status: String, destination: Int = 0) {
            self.id = id
            self.offer = offer
            self.status = status
            self.destination = destination
        }
    }

    /// A delivery that is owed or finished.
    package struct Delivery: Sendable {
        package var id: Int
        package var event: Int
        package var postback: Int
        package var state: String
        /// The number of its last lease.
        package var lease: Int
        /// Whether the last lease is still open.
        package var isLeased: Bool
        /// The number of attempts in its row.
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

        /// Whether it is in the outbox.
        package var isOwed: Bool { ["owed", "retrying", "in_flight", "held"].contains(state) }
    }

    package struct Attempt: Sendable {
        package var delivery: Int
        package var lease: Int
        /// Counted from 1. A probe has the number of the next request.
        package var number: Int
        package var outcome: String
        /// Whether it found no connection to a destination that was blocked before. Then nothing was sent, and no
        /// attempt was used up.
        package var isProbe: Bool

        package init(delivery: Int, lease: Int, number: Int, outcome: String, isProbe: Bool = false) {
            self.delivery = delivery
            self.lease = lease
            self.number = number
            self.outcome = outcome
            self.isProbe = isProbe
        }
    }

    /// What the statistics say of the attempts of one postback.
    package struct Count: Sendable {
        package var postback: Int
        /// An outcome of an attempt, or `dead` for the last attempt of a dead delivery.
        package var outcome: String
        package var attempts: Int

        package init(postback: Int, outcome: String, attempts: Int) {
            self.postback = postback
            self.outcome = outcome
            self.attempts = attempts
        }
    }
}
