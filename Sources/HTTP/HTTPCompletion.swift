import Text

/// How one request ended.
package struct HTTPCompletion: Sendable {
    /// What the caller named the request.
    package let id: UInt64
    package let result: Result<HTTPResponse, HTTPFailure>
    package let timing: HTTPTiming
    /// The address that was spoken to, or last tried; nil if there was none.
    package let remoteAddress: String?
    /// Whether any of the request was handed to a connection.
    package let isSent: Bool

    package init(
        id: UInt64, result: Result<HTTPResponse, HTTPFailure>, timing: HTTPTiming = .none,
        remoteAddress: String? = nil, isSent: Bool = false
    ) {
        self.id = id
        self.result = result
        self.timing = timing
        self.remoteAddress = remoteAddress
        self.isSent = isSent
    }
}

/// A final answer, 200–599.
package struct HTTPResponse: Sendable {
    package let status: Int
    /// In the order received; a name may stand more than once. Bytes that are not UTF-8 and control characters are U+FFFD.
    package let headers: [(name: String, value: String)]
    /// As it came over the wire, at most `HTTPLimits.bodyBytes`; not decompressed.
    package let body: [UInt8]
    /// Whether the body went on, or may have.
    package let isTruncated: Bool
    /// How the body ended, where it ended otherwise than the head had said: too early, not in time, or in no form of HTTP.
    /// Nil also where as much of it had come as is kept.
    package let bodyFailure: HTTPFailure?

    package init(
        status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [], isTruncated: Bool = false,
        bodyFailure: HTTPFailure? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.isTruncated = isTruncated
        self.bodyFailure = bodyFailure
    }

    /// The value of the first header of that name, which is not case-sensitive.
    package func header(_ name: String) -> String? {
        let name = name.lowercased()
        return headers.value(ofHeader: name)
    }
}

/// Why there is no final answer.
package struct HTTPFailure: Error, Equatable, Sendable {
    package enum Kind: String, Sendable {
        /// The name leads to no address.
        case dns
        /// No connection, or it ended before a byte was answered.
        case connect
        /// The handshake failed, or the certificate does not fit.
        case tls
        case timeout
        /// What was to be sent or the head of what was answered is not HTTP, or more of it than is allowed.
        case `protocol`
        /// The egress rules forbid the address.
        case forbiddenTarget
        /// This system has no descriptor, port or memory left, or no name server answers it, or its proxy does not.
        case unavailableHere
        /// Something is wrong here that no repetition heals: there are no certificates to trust.
        case misconfiguredHere

        /// Whether another address of the same name might have served.
        var isOfTheConnection: Bool {
            switch self {
            case .connect, .tls, .timeout: true
            case .dns, .protocol, .forbiddenTarget, .unavailableHere, .misconfiguredHere: false
            }
        }
    }

    package let kind: Kind
    /// One line for people, without control characters.
    package let message: String

    package init(kind: Kind, message: String) {
        self.kind = kind
        self.message = message
    }
}

/// Where the time of one request went, in milliseconds.
package struct HTTPTiming: Equatable, Sendable {
    /// Finding the addresses; 0 if they were known.
    package let dnsMs: Double
    /// The TCP handshake; 0, as the next one, on a connection used before.
    package let connectMs: Double
    /// The TLS handshake; 0 without TLS.
    package let tlsMs: Double
    /// From the start to the first byte of the answer; 0 if none came.
    package let firstByteMs: Double
    /// From the start to the end.
    package let totalMs: Double

    package init(dnsMs: Double, connectMs: Double, tlsMs: Double, firstByteMs: Double, totalMs: Double) {
        self.dnsMs = dnsMs
        self.connectMs = connectMs
        self.tlsMs = tlsMs
        self.firstByteMs = firstByteMs
        self.totalMs = totalMs
    }

    package static let none = HTTPTiming(dnsMs: 0, connectMs: 0, tlsMs: 0, firstByteMs: 0, totalMs: 0)
}
