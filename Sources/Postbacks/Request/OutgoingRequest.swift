package import JSON
import Secrets

/// One request, ready to be sent.
package struct OutgoingRequest: Sendable, Hashable {
    package let method: String
    package let url: String
    /// Without Host and Content-Length, which the sender adds. Names differ, whatever their case.
    package let headers: [Header]
    /// Nil for GET.
    package let body: [UInt8]?
    /// What an attempt records of URL and body; nil where it is these.
    var shown: Shown?

    /// URL and body with the mask in the place of each secret among the params.
    struct Shown: Sendable, Hashable {
        let url: String
        let body: [UInt8]?
        /// What is masked.
        let secrets: [Secret]
    }

    package struct Header: Sendable, Hashable {
        package let name: String
        package let value: String
        package let isSecret: Bool
    }

    /// Of its URL, headers and body together.
    package var byteCount: Int {
        headers.reduce(url.utf8.count + (body?.count ?? 0)) { $0 + $1.name.utf8.count + $1.value.utf8.count }
    }

    /// What an attempt records: `{method, url, headers, body}` with secret values as `***`. Of a body that is longer than
    /// `keptBodyBytes` only the beginning, and then also `truncated: true`.
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

    /// So much of a body is recorded.
    package static let keptBodyBytes = 64 << 10
}

extension [UInt8] {
    /// So many bytes at the most, without a character of UTF-8 that goes on behind them.
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
