import Receiver
import Secrets
import Text

/// A request as the hostile receiver saw it: the receiver's part of the ledger.
package struct SeenRequest: Sendable, Hashable {
    /// The value of `Postback-Delivery-Id`; nil if there was none.
    package let delivery: Int?
    /// The value of `Postback-Attempt`.
    package let attempt: Int?
    package let method: String
    /// The path and query.
    package let target: String
    /// The SHA-256 of the body in hexadecimal.
    package let bodyDigest: String
    /// Whether the body arrived. A request that is refused early is seen with its headers only.
    package let isWhole: Bool
    /// Milliseconds since 1970.
    package let at: Int64
    /// The port on which it arrived.
    package let port: UInt16
    /// The number of the receiver's connection, counted from 1.
    package let connection: Int
    /// The name of the behaviour that answered it.
    package let behaviour: String
    /// Whether a complete good answer was handed to the network.
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
