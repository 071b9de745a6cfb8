import EmbeddedPostgres
import FunctionRuntime
import Postgres
import Secrets
import Store
import System

/// Checks the key, and whether it is the one that has sealed the stored secrets.
enum KeyCheck {
    /// `sealed` contains the sealed secrets in the database; nil if it cannot be asked.
    static func findings(_ installation: Installation, sealed: [SealCheck]?) -> [Finding] {
        let isOwn = !installation.settings.has("POSTBACKS_ENCRYPTION_KEY")
        do throws(FunctionError) {
            if let keys = try installation.keys() {
                let key =
                    isOwn
                    ? "the key of the embedded default: \(installation.keyFile)"
                    : "POSTBACKS_ENCRYPTION_KEY has the \(keys.ids.count == 1 ? "key \(keys.sealingID)" : "\(keys)")"
                return [.good("encryption key", key)] + secrets(sealed, keys)
            }
        } catch {
            return [.wrong("encryption key", error.message)]
        }
        if (try? installation.isRemote) == true {
            return [.good("encryption key", "none here; secrets are opened where the platform runs deliverPostback")]
        }
        guard let sealed, !sealed.isEmpty else { return [withoutKey(installation, sealed)] }
        let count = sealed.reduce(0) { $0 + $1.count }
        let lost: FunctionError =
            installation.isEmbedded ? .lostKeyFile(installation.keyFile, sealed: count) : .lostKey(sealed)
        return [.wrong("encryption key", lost.message)]
    }

    /// The finding if there is no key, and no secrets are known to be sealed.
    private static func withoutKey(_ installation: Installation, _ sealed: [SealCheck]?) -> Finding {
        guard installation.isEmbedded else { return .wrong("encryption key", FunctionError.missingKey.message) }
        let file = installation.keyFile
        if sealed == nil, EmbeddedServer.cluster(home: installation.home) != nil {
            return .wrong(
                "encryption key",
                "\(file) is missing: put it back; the secrets that it has sealed cannot be opened without it")
        }
        return .notable("encryption key", "none yet; `postbacks up` creates \(file)")
    }

    static func findings(
        _ installation: Installation, _ connection: Connection, _ server: DescribeServer.Answer
    ) -> [Finding] {
        do throws(PostgresError) {
            let keys = try? installation.keys()
            let sealed = try SealCheck.run(on: connection, keys: keys)
            return findings(installation, sealed: sealed)
        } catch {
            guard error.isForbidden else { return [.wrong("secrets", "\(error)")] }
            if server.roles == "postbacks_recorder", !installation.settings.has("POSTBACKS_ENCRYPTION_KEY") {
                return [.good("encryption key", "none; recording needs none"), .unseen("secrets")]
            }
            return findings(installation, sealed: nil) + [.unseen("secrets")]
        }
    }

    /// Whether the keys open everything that is sealed.
    private static func secrets(_ sealed: [SealCheck]?, _ keys: EncryptionKeys) -> [Finding] {
        guard let sealed else { return [] }
        let faults = sealed.compactMap(\.fault)
        if !faults.isEmpty { return faults.map { .wrong("secrets", $0) } }
        if sealed.isEmpty { return [.good("secrets", "nothing is sealed")] }
        let count = sealed.reduce(0) { $0 + $1.count }
        let old = sealed.filter { $0.key != keys.sealingID }.map { "\($0.count) with the key \($0.key)" }
        if old.isEmpty { return [.good("secrets", "\(count) sealed; the key opens them")] }
        return [
            .good("secrets", "\(count) sealed; of them \(old.joined(separator: ", ")): postbacks rekey seals them anew")
        ]
    }
}
