import Receiver
import Secrets
import Text

/// A request as a hostile receiver saw it: its side of the ledger.
package struct SeenRequest: Sendable, Hashable {
    /// The value of `Postback-Delivery-Id`; nil if there was none.
    package let delivery: Int?
    /// The value of `Postback-Attempt`.
    package let attempt: Int?
    package let method: String
    /// Path and query.
    package let target: String
    /// SHA-256 of the body, in hexadecimal digits.
    package let bodyDigest: String
    /// Whether the body was there: one that is refused early has only its headers seen.
    package let isWhole: Bool
    /// Milliseconds since 1970.
    package let at: Int64
    /// The port on which it came.
    package let port: UInt16
    /// Which connection of the receiver it came over, counted from 1.
    package let connection: Int
    /// How it was treated.
    package let behaviour: String
    /// Whether a full good answer to it was handed to the network.
    package internal(set) var isAnsweredWell = false

    init(_ request: ReceivedRequest, isWhole: Bool, behaviour: String) {
        delivery = request.header("Postback-Delivery-Id").flatMap { Int($0) }
        attempt = request.header("Postback-Attempt").flatMap { Int($0) }
        method = request.method
        target = request.target
        bodyDigest = sha256(request.body).hexadecimal
        self.isWhole = isWhole
        at = request.at
        port = request.port
        connection = request.connection
        self.behaviour = behaviour
    }
}
