/// One request as a receiver saw it.
package struct Sighting: Sendable, Equatable {
    /// The value of `Postback-Delivery-Id`.
    package let delivery: Int
    /// The value of `Postback-Attempt`.
    package let attempt: Int
    /// A digest of the parts that must be the same on each retry: method, target and body.
    package let digest: String
    /// Milliseconds since 1970.
    package let at: Int64
    package let answer: Answer
    /// The status of the answer; nil if the receiver does not report it.
    package let status: Int?

    /// How much of the answer was handed to the network.
    package enum Answer: Sendable, Equatable {
        /// All of it was handed to the network.
        case given
        /// Only a part of it was handed to the network.
        case cut
        /// The receiver does not report it.
        case unknown
    }

    package init(
        delivery: Int, attempt: Int, digest: String, at: Int64, answer: Answer = .unknown,
        status: Int? = nil
    ) {
        self.delivery = delivery
        self.attempt = attempt
        self.digest = digest
        self.at = at
        self.answer = answer
        self.status = status
    }
}
