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

extension OutgoingRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { masked.encodedText }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
