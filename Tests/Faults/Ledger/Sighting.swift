/// One request as a receiver saw it.
package struct Sighting: Sendable, Equatable {
    /// `Postback-Delivery-Id` and `Postback-Attempt`.
    package let delivery: Int
    package let attempt: Int
    /// Of what must be the same on each retry: method, target and body.
    package let digest: String
    /// Milliseconds since 1970.
    package let at: Int64
    package let answer: Answer

    /// How much of an answer the sender can have had.
    package enum Answer: Sendable, Equatable {
        /// All of it was handed to the network.
        case given
        /// Not all of it.
        case cut
        /// The receiver does not say.
        case unknown
    }

    package init(delivery: Int, attempt: Int, digest: String, at: Int64, answer: Answer = .unknown) {
        self.delivery = delivery
        self.attempt = attempt
        self.digest = digest
        self.at = at
        self.answer = answer
    }
}
