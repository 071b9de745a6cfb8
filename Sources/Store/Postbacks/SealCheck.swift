import Domain
package import Postgres
package import Secrets

/// The secrets that are sealed under one key id, and whether the configured key of that id opens them.
package struct SealCheck: Sendable {
    /// The key's id.
    package let key: String
    /// The number of live secrets sealed with it.
    package let count: Int
    package let verdict: Verdict

    package enum Verdict: Sendable {
        /// It opens at least one of those that were tried.
        case opens
        /// No key with this id is configured.
        case missing
        /// A key with this id is configured but opens none of those that were tried: it is another key.
        case wrong
    }

    /// Tries each key in use on the secrets of a few postbacks, since one of them may have been tampered with. Secrets
    /// of deleted postbacks do not count: they are not sent any more. `keys` contains the configured keys; nil if there
    /// are none.
    package static func run(on connection: Connection, keys: EncryptionKeys?) throws(PostgresError) -> [SealCheck] {
        var checks: [SealCheck] = []
        for key in try connection.run(CountSealed()) where key.live > 0 {
            let verdict: Verdict
            if let keys, keys.ids.contains(key.id) {
                let sample = try connection.run(ListSealedPostbacks(ids: key.postbacks))
                verdict =
                    sample.contains { SealedPostback($0, with: keys).resealing.opened.contains(key.id) }
                    ? .opens : .wrong
            } else {
                verdict = .missing
            }
            checks.append(SealCheck(key: key.id, count: key.live, verdict: verdict))
        }
        return checks
    }
}
