import Text

/// The signature of Standard Webhooks (standardwebhooks.com, v1, symmetric): HMAC-SHA256 over `id.timestamp.body`.
package struct StandardWebhookSignature: Sendable {
    private let keys: [[UInt8]]

    /// Reads `whsec_` and the base64 of 24 to 64 bytes. Several secrets, separated by one space, each make a signature.
    /// Anything else gives nil.
    package init?(secret: Secret) {
        var keys: [[UInt8]] = []
        for part in secret.revealed.split(separator: " ", omittingEmptySubsequences: false) {
            guard part.hasPrefix("whsec_"), let key = Base64.decode(String(part.dropFirst(6))),
                (24...64).contains(key.count)
            else { return nil }
            keys.append(key)
        }
        self.keys = keys
    }

    /// The value of `webhook-signature`: `v1,<base64>` for each secret. `timestamp` is in seconds since
    /// 1970-01-01T00:00:00Z.
    package func value(id: String, timestamp: Int64, body: [UInt8]) -> String {
        let message = Array("\(id).\(timestamp).".utf8) + body
        return keys.map { "v1,\(Base64.encode(hmacSHA256(key: $0, message)))" }.joined(separator: " ")
    }
}

extension StandardWebhookSignature: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { Secret.mask }
    package var debugDescription: String { Secret.mask }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
