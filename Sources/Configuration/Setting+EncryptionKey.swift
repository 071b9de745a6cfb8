package import FunctionRuntime
import Input
package import Secrets

extension Setting<EncryptionKeys?> {
    package static var encryptionKey: Setting<EncryptionKeys?> {
        Setting(
            "POSTBACKS_ENCRYPTION_KEY", whenMissing: "none; the embedded default creates one",
            "id:base64 of 32 bytes, comma-separated: the first seals secrets, all open them; a bare base64 has the id 1"
        ) { text throws(Invalid) in
            guard let text else { return nil }
            do throws(MalformedKeys) {
                return try EncryptionKeys(parsing: text)
            } catch {
                throw Invalid("is malformed: \(error)")
            }
        }
    }
}
