import Text

/// One request, exactly as it is sent. The client adds only `Host` and `Content-Length`.
package struct HTTPRequest: Sendable {
    package typealias Header = (name: String, value: String)

    /// A token (RFC 9110 §9.1), e.g. `POST`.
    package var method: String
    /// An absolute URL with the scheme http or https, without user info.
    package var url: String
    /// The headers in the order in which they are sent; a name may occur more than once.
    package var headers: [Header]
    package var body: [UInt8]?
    /// Whether the response's body is needed to judge the result. If not, the client waits for it no longer than
    /// `HTTPLimits.unneededBody`.
    package var needsBody: Bool
    /// The credentials with which the request is signed; nil if it is not signed.
    package var signature: Signature?

    /// The signature of AWS, version 4. The signed headers are those of the request, `Host` and `X-Amz-Date`.
    package struct Signature: Sendable, Equatable {
        package let accessKey: String
        package let secretKey: String
        package let region: String
        package let service: String

        package init(accessKey: String, secretKey: String, region: String, service: String) {
            self.accessKey = accessKey
            self.secretKey = secretKey
            self.region = region
            self.service = service
        }
    }

    package init(
        method: String = "GET", url: String, headers: [Header] = [], body: [UInt8]? = nil, needsBody: Bool = true,
        signature: Signature? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.needsBody = needsBody
        self.signature = signature
    }

    /// The reason why the request cannot be sent as it is; nil if it can. This is the last check against a request
    /// whose fields would change its meaning on the wire, such as a line break in a header.
    var fault: String? {
        guard method.isToken else { return "the method is not a token" }
        guard url.beginsIgnoringCase("http://") || url.beginsIgnoringCase("https://") else {
            return "the URL is neither http nor https"
        }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            return "the URL contains a space or control character"
        }
        for header in headers {
            guard header.name.isToken else { return "a header's name is not a token" }
            guard !Self.framing.contains(where: { header.name.isSameHeaderName(as: $0) }) else {
                return "the header \(header.name) cannot be set by the caller"
            }
            guard header.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
                return "the header \(header.name) contains a control character"
            }
        }
        return nil
    }

    /// Headers that decide where a message ends or how the connection is used; callers may not set them.
    private static let framing = ["content-length", "transfer-encoding", "connection", "expect", "upgrade", "te"]
}

extension String {
    /// Whether the text begins with `beginning` in any case. `beginning` must be ASCII in lower case.
    fileprivate func beginsIgnoringCase(_ beginning: String) -> Bool {
        if utf8.starts(with: beginning.utf8) { return true }
        let head = utf8.prefix(beginning.utf8.count)
        return head.count == beginning.utf8.count
            && zip(head, beginning.utf8).allSatisfy { $0 == $1 || $0.isLetter && $0 | 0x20 == $1 }
    }
}
