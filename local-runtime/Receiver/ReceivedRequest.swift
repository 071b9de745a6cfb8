import Text

/// A request as it arrived.
package struct ReceivedRequest: Sendable {
    package let method: String
    /// As it stands in the request line: path and query.
    package let target: String
    /// In the order received, the values without the spaces around them.
    package let headers: [(name: String, value: String)]
    /// Empty as long as only the headers have come.
    package let body: [UInt8]
    /// Whether the sender lets the connection serve another request.
    package let keepsAlive: Bool
    /// Milliseconds since 1970.
    package let at: Int64
    /// Which connection it came over, counted from 1.
    package let connection: Int
    /// The port on which it came.
    package let port: UInt16

    /// The value of the first header of that name, which is not case-sensitive.
    package func header(_ name: String) -> String? {
        let name = name.lowercased()
        return headers.value(ofHeader: name)
    }

    /// The body as text.
    package var text: String { String(decoding: body, as: UTF8.self) }
}
