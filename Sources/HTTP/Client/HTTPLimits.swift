/// Time and size limits of one attempt.
package struct HTTPLimits: Sendable {
    /// The limit for the lookup, the connection and the TLS handshake together.
    package var connect: Duration
    /// The limit for the whole request, including the response's body; nil sets no limit.
    package var total: Duration?
    /// How long a body that the request does not need may take after the end of the head.
    package var unneededBody: Duration
    /// How much of a body is kept. Reading stops after that.
    package var bodyBytes: Int
    /// The limit for status lines and headers, including those of informational responses. More bytes end the attempt.
    package var headerBytes: Int
    /// The highest number of headers. More of them end the attempt.
    package var headerCount: Int

    package init(
        connect: Duration = .seconds(5), total: Duration? = .seconds(20), unneededBody: Duration = .seconds(5),
        bodyBytes: Int = 4_096, headerBytes: Int = 65_536, headerCount: Int = 1_000
    ) {
        self.connect = connect
        self.total = total
        self.unneededBody = unneededBody
        self.bodyBytes = bodyBytes
        self.headerBytes = headerBytes
        self.headerCount = headerCount
    }
}
