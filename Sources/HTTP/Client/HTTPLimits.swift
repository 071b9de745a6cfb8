/// Time and size limits of one attempt.
package struct HTTPLimits: Sendable {
    /// The limit for the lookup, the connection and the TLS handshake together.
    package var connectMilliseconds: Int
    /// The limit for the whole request, including the response's body.
    package var totalMilliseconds: Int
    /// How long a body that the request does not need may take after the end of the head.
    package var unneededBodyMilliseconds: Int
    /// How much of a body is kept. Reading stops after that.
    package var bodyBytes: Int
    /// The limit for status lines and headers, including those of informational responses. More bytes end the attempt.
    package var headerBytes: Int
    /// The highest number of headers. More of them end the attempt.
    package var headerCount: Int

    package init(
        connectMilliseconds: Int = 5_000, totalMilliseconds: Int = 20_000, unneededBodyMilliseconds: Int = 5_000,
        bodyBytes: Int = 4_096, headerBytes: Int = 65_536, headerCount: Int = 1_000
    ) {
        self.connectMilliseconds = connectMilliseconds
        self.totalMilliseconds = totalMilliseconds
        self.unneededBodyMilliseconds = unneededBodyMilliseconds
        self.bodyBytes = bodyBytes
        self.headerBytes = headerBytes
        self.headerCount = headerCount
    }
}
