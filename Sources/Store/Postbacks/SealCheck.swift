import Postbacks
package import Postgres
package import Secrets

/// What is sealed under one key, and whether the key that is configured under its id is the one.
package struct SealCheck: Sendable {
    /// The key's id.
    package let key: String
    /// How many secrets it has sealed.
    package let count: Int
    package let verdict: Verdict

    package enum Verdict: Sendable {
        /// It opens some of them, at least.
        case opens
        /// No key of that id is configured.
        case missing
        /// One is, and opens none of those that were tried: it is another key.
        case wrong
    }

    /// Tries each key that is in use on the secrets of a few postbacks: one of them may have been tampered with. What deleted
    /// postbacks keep does not count: nothing of it is sent any more.
    /// - Parameter keys: nil where none is configured.
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
