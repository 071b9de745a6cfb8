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

        package init(id: Int, conversion: Int, sequence: Int, status: String) {
            self.id = id
            self.conversion = conversion
            self.sequence = sequence
            self.status = status
        }
    }

    package struct Postback: Sendable {
        package var id: Int
        package var offer: String
        package var status: String

        package init(id: Int, offer: String, status: String) {
            self.id = id
            self.offer = offer
            self.status = status
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
        /// From 1.
        package var number: Int
        package var outcome: String

        package init(delivery: Int, lease: Int, number: Int, outcome: String) {
            self.delivery = delivery
            self.lease = lease
            self.number = number
            self.outcome = outcome
        }
    }
}
