import Text

/// A request as it arrived.
package struct ReceivedRequest: Sendable {
    package let method: String
    /// The path and query, as in the request line.
    package let target: String
    /// The headers in the order received, the values without the spaces around them.
    package let headers: [(name: String, value: String)]
    /// Empty while only the headers have come.
    package let body: [UInt8]
    /// Whether the sender allows another request on the connection.
    package let keepsAlive: Bool
    /// Milliseconds since 1970.
    package let at: Int64
    /// The number of the connection, counted from 1.
    package let connection: Int
    /// The port on which it arrived.
    package let port: UInt16

    /// The value of the first header of that name, regardless of case.
    package func header(_ name: String) -> String? {
        let name = name.lowercased()
        return headers.value(ofHeader: name)
    }

    /// The body as text.
    package var text: String { String(decoding: body, as: UTF8.self) }
}
