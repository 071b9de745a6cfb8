import Secrets
import Text

/// The text of a key, `pbk_ID_SECRET`: the number under which it is stored, and 64 hexadecimal digits.
package struct APIKey: Sendable, Equatable {
    package let id: Int
    private let secret: String

    private static let secretLength = 64

    /// A key with a new secret. The number is known once it is stored.
    package static func secret() -> String { randomBytes(secretLength / 2).hexadecimal }

    package init(id: Int, secret: String) {
        self.id = id
        self.secret = secret
    }

    /// Nil for a text that is no key.
    package init?(_ text: String) {
        let parts = text.split(separator: "_", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "pbk", let id = Int(parts[1]), id > 0, String(id) == parts[1],
            parts[2].utf8.count == APIKey.secretLength,
            parts[2].utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        self.init(id: id, secret: String(parts[2]))
    }

    package var text: String { "pbk_\(id)_\(secret)" }

    package var digest: [UInt8] { APIKey.digest(of: secret) }

    /// The digest that the database keeps of a secret.
    package static func digest(of secret: String) -> [UInt8] { sha256(Array(secret.utf8)) }
}
