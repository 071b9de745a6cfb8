import Text

/// One request, as it shall stand on the wire. Only `Host` and `Content-Length` are added to it.
package struct HTTPRequest: Sendable {
    package typealias Header = (name: String, value: String)

    /// A token (RFC 9110 §9.1), e.g. `POST`.
    package var method: String
    /// Absolute, http or https, without user info.
    package var url: String
    /// In the order in which they are sent; a name may stand more than once.
    package var headers: [Header]
    package var body: [UInt8]?
    /// Whether the answer's body decides what becomes of the request. One that does not is waited for no longer than
    /// `HTTPLimits.unneededBodyMilliseconds`.
    package var needsBody: Bool

    package init(
        method: String = "GET", url: String, headers: [Header] = [], body: [UInt8]? = nil, needsBody: Bool = true
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.needsBody = needsBody
    }

    /// What keeps it from being sent as it is; nil if nothing does. The last line of defence against a request that says
    /// something else on the wire than in its fields.
    var fault: String? {
        guard method.isToken else { return "the method is not a token" }
        let scheme = url.prefix(8).lowercased()
        guard scheme.hasPrefix("http://") || scheme.hasPrefix("https://") else {
            return "the URL is neither http nor https"
        }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            return "the URL contains a space or control character"
        }
        for header in headers {
            guard header.name.isToken else { return "a header's name is not a token" }
            guard !Self.framing.contains(header.name.lowercased()) else {
                return "the header \(header.name) is not the caller's"
            }
            guard header.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
                return "the header \(header.name) contains a control character"
            }
        }
        return nil
    }

    /// The headers that say where a message ends.
    private static let framing: Set<String> = [
        "content-length", "transfer-encoding", "connection", "expect", "upgrade", "te",
    ]
}
