package import JSON
import Secrets

/// One request, ready to be sent.
package struct OutgoingRequest: Sendable, Hashable {
    package let method: String
    package let url: String
    /// The headers without Host and Content-Length, which the sender adds. No two names are equal when case is ignored.
    package let headers: [Header]
    /// Nil for GET.
    package let body: [UInt8]?
    /// The URL and body that an attempt records; nil if they are those that are sent.
    var shown: Shown?

    /// The URL and body with a mask in place of each secret among the params.
    struct Shown: Sendable, Hashable {
        let url: String
        let body: [UInt8]?
        /// The secrets that are masked.
        let secrets: [Secret]
    }

    package struct Header: Sendable, Hashable {
        package let name: String
        package let value: String
        package let isSecret: Bool
    }

    /// The bytes of the URL, the headers and the body together.
    package var byteCount: Int {
        headers.reduce(url.utf8.count + (body?.count ?? 0)) { $0 + $1.name.utf8.count + $1.value.utf8.count }
    }

    /// The request as an attempt records it: `{method, url, headers, body}` with secret values as `***`. A body that is
    /// longer than `keptBodyBytes` is cut there, and `truncated: true` is added.
    package var masked: JSON {
        let (url, body) = shown.map { ($0.url, $0.body) } ?? (url, body)
        let kept = body.map { $0.prefixOfCharacters(OutgoingRequest.keptBodyBytes) }
        let json: JSON = [
            "method": .string(method), "url": .string(url),
            "headers": .object(
                headers.map { JSON.Member($0.name, .string($0.isSecret ? Secret.mask : $0.value)) }),
            "body": .optional(kept.map { String(decoding: $0, as: UTF8.self) }),
        ]
        return kept?.count == body?.count ? json : json.merging(["truncated": true])
    }

    /// The number of bytes of a body that are recorded.
    package static let keptBodyBytes = 64 << 10
}

extension [UInt8] {
    /// Returns at most `limit` bytes. A UTF-8 character that continues behind them is left out.
    fileprivate func prefixOfCharacters(_ limit: Int) -> ArraySlice<UInt8> {
        guard count > limit else { return self[...] }
        var end = limit
        while end > limit - 4, end > 0, self[end] & 0xC0 == 0x80 { end -= 1 }
        return self[..<end]
    }
}

extension OutgoingRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { masked.encodedText }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
