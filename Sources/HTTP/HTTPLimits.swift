/// How long an attempt may take, and how much of an answer is read.
package struct HTTPLimits: Sendable {
    /// For finding the address, connecting and the TLS handshake.
    package var connectMilliseconds: Int
    /// For all of it, the body included.
    package var totalMilliseconds: Int
    /// From the end of the head on, for a body that the request does not need.
    package var unneededBodyMilliseconds: Int
    /// So much of a body is kept; then reading stops.
    package var bodyBytes: Int
    /// For status lines and headers, those of informational answers included; more end the attempt.
    package var headerBytes: Int
    /// So many headers; more end the attempt.
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
