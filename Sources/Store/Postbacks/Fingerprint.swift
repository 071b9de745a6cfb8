import Domain
import FunctionRuntime
import Secrets
import Text

/// The digest of the input that came with an idempotency key. It is sealed if the input has secrets, because a plain
/// digest would allow guessing them.
enum Fingerprint {
    static func make(of postback: NewPostback, id: Int, keys: EncryptionKeys?) -> String {
        let digest = digest(of: postback.canonicalInput)
        guard postback.template.hasPlainSecrets, let keys else { return digest }
        return keys.seal(Secret(digest), for: context(id))
    }

    /// - Throws: `misconfigured` if it is sealed and `keys` is nil or cannot open it.
    static func matches(
        _ stored: String, of postback: NewPostback, id: Int, keys: EncryptionKeys?
    ) throws(FunctionError) -> Bool {
        // Earlier versions stored the literal form.
        let digests = [postback.canonicalInput, postback.literalInput].map(digest)
        if stored.hasPrefix(digestPrefix) { return digests.contains(stored) }
        guard let keys else {
            throw FunctionError(
                .misconfigured,
                "POSTBACKS_ENCRYPTION_KEY is not set, and the postback of this idempotencyKey has a secret")
        }
        do throws(SealError) {
            let opened = try keys.open(stored, for: context(id))
            return digests.contains { opened == Secret($0) }
        } catch {
            throw FunctionError(
                .misconfigured, "POSTBACKS_ENCRYPTION_KEY does not open the postback of this idempotencyKey: \(error)")
        }
    }

    private static let digestPrefix = "sha256:"

    /// The field name in the context under which a fingerprint is sealed.
    static let field = "fingerprint"

    /// Whether a stored fingerprint is sealed.
    static func isSealed(_ stored: String) -> Bool { !stored.hasPrefix(digestPrefix) }

    private static func context(_ id: Int) -> SealContext { .postback(id, field) }

    private static func digest(of input: [UInt8]) -> String { digestPrefix + Base64.encode(sha256(input)) }
}
