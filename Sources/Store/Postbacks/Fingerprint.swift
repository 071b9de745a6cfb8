import FunctionRuntime
import Postbacks
import Secrets

/// What an idempotency key remembers of its input. Where the input has secrets it is sealed, because a digest could be
/// guessed at.
enum Fingerprint {
    static func make(of postback: NewPostback, id: Int, keys: EncryptionKeys?) -> String {
        let digest = digest(of: postback)
        guard postback.template.hasPlainSecrets, let keys else { return digest }
        return keys.seal(Secret(digest), for: context(id))
    }

    /// - Throws: `misconfigured` when it was sealed with a key that is not among these.
    static func matches(
        _ stored: String, of postback: NewPostback, id: Int, keys: EncryptionKeys?
    ) throws(FunctionError) -> Bool {
        let digest = digest(of: postback)
        if stored.hasPrefix(digestPrefix) { return stored == digest }
        guard let keys else {
            throw FunctionError(
                .misconfigured, "POSTBACKS_ENCRYPTION_KEY is not set, and what idempotencyKey made has a secret")
        }
        do throws(SealError) {
            return try keys.open(stored, for: context(id)) == Secret(digest)
        } catch {
            throw FunctionError(
                .misconfigured, "POSTBACKS_ENCRYPTION_KEY does not open what idempotencyKey made: \(error)")
        }
    }

    private static let digestPrefix = "sha256:"

    /// What a fingerprint is sealed for.
    static let field = "fingerprint"

    /// Whether a stored one is sealed.
    static func isSealed(_ stored: String) -> Bool { !stored.hasPrefix(digestPrefix) }

    private static func context(_ id: Int) -> SealContext { .postback(id, field) }

    private static func digest(of postback: NewPostback) -> String {
        digestPrefix + Base64.encode(sha256(postback.canonicalInput))
    }
}
