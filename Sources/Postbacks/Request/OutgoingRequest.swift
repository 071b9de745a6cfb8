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

    package struct Header: Sendable, Hashable {
        package let name: String
        package let value: String
        package let isSecret: Bool
    }

    /// What an attempt records: `{method, url, headers, body}` with secret values as `***`.
    package var masked: JSON {
        [
            "method": .string(method), "url": .string(url),
            "headers": .object(
                headers.map { JSON.Member($0.name, .string($0.isSecret ? Secret.mask : $0.value)) }),
            "body": .optional(body.map { String(decoding: $0, as: UTF8.self) }),
        ]
    }
}

extension OutgoingRequest {
    /// A text from the receiver, which may repeat what it was sent, with the secrets of this request and `others` as `***`.
    package func masking(_ text: String, _ others: [String] = []) -> String {
        (secrets + others.filter(OutgoingRequest.isMaskable)).reduce(text) {
            $0.contains($1) ? $0.replacing($1, with: Secret.mask) : $0
        }
    }

    /// Too short ones would blank out whatever looks like them.
    private static func isMaskable(_ secret: String) -> Bool { secret.utf8.count >= 4 }

    /// The secrets as they were sent, whole before their parts: of an `Authorization` also what stands behind the scheme, and
    /// the password in it.
    private var secrets: [String] {
        headers.filter(\.isSecret).flatMap { header -> [String] in
            guard header.name.lowercased() == "authorization" else { return [header.value] }
            let credentials = header.value.drop { $0 != " " }.dropFirst()
            let pair = Base64.decode(String(credentials)).map { String(decoding: $0, as: UTF8.self) } ?? ""
            return [header.value, String(credentials), String(pair.drop { $0 != ":" }.dropFirst())]
        }.filter(OutgoingRequest.isMaskable)
    }
}

extension OutgoingRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { masked.encodedText }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
