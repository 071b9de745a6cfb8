import Text

/// How one request ended.
package struct HTTPCompletion: Sendable {
    /// The id that the caller gave the request.
    package let id: UInt64
    package let result: Result<HTTPResponse, HTTPFailure>
    package let timing: HTTPTiming
    /// The address that was connected to, or tried last; nil if there was none.
    package let remoteAddress: String?
    /// Whether any part of the request was handed to a connection.
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

/// A final response, with a status of 200 to 599.
package struct HTTPResponse: Sendable {
    package let status: Int
    /// In the order received; a name may occur more than once. Invalid UTF-8 and control characters are replaced by
    /// U+FFFD.
    package let headers: [(name: String, value: String)]
    /// The bytes as received, at most `HTTPLimits.bodyBytes` of them; not decompressed.
    package let body: [UInt8]
    /// Whether the body continued, or may have continued, after what was read.
    package let isTruncated: Bool
    /// Why the body did not end as the head had announced: it ended early, it was late, or it is not valid HTTP. It is
    /// nil if `HTTPLimits.bodyBytes` had already been read.
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

    /// The value of the first header with this name; case is ignored.
    package func header(_ name: String) -> String? {
        let name = name.lowercased()
        return headers.value(ofHeader: name)
    }
}

/// The reason why there is no final response.
package struct HTTPFailure: Error, Equatable, Sendable {
    package enum Kind: String, Sendable {
        /// The name has no address.
        case dns
        /// No connection was made, or it was closed before the first byte of a response.
        case connect
        /// The TLS handshake failed, or the certificate does not match.
        case tls
        case timeout
        /// The request, or the head of the response, is not valid HTTP or exceeds a limit.
        case `protocol`
        /// The egress rules forbid the address.
        case forbiddenTarget
        /// This system has no descriptor, port or memory left, or its name servers or its proxy do not answer.
        case unavailableHere
        /// The local configuration is wrong and a retry cannot help, such as when there are no trusted certificates.
        case misconfiguredHere

        /// Whether a request to another address of the same name might have succeeded.
        var isOfTheConnection: Bool {
            switch self {
            case .connect, .tls, .timeout: true
            case .dns, .protocol, .forbiddenTarget, .unavailableHere, .misconfiguredHere: false
            }
        }
    }

    package let kind: Kind
    /// One line of text without control characters.
    package let message: String

    package init(kind: Kind, message: String) {
        self.kind = kind
        self.message = message
    }
}

/// The durations of one request's phases, in milliseconds.
package struct HTTPTiming: Equatable, Sendable {
    /// The DNS lookup; 0 if the addresses were known.
    package let dnsMs: Double
    /// The TCP handshake; 0 on a reused connection, like the TLS handshake.
    package let connectMs: Double
    /// The TLS handshake; 0 without TLS.
    package let tlsMs: Double
    /// From the start to the first byte of the response; 0 if none came.
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
