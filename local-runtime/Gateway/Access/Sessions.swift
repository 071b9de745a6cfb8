import Secrets
import Synchronization
package import System
import Text

/// The sign-ins of the console. A cookie holds a random token instead of the key. A session ends after twelve hours,
/// when its key ends, at a sign-out, and with the gateway's process.
package final class Sessions: Sendable {
    private struct Session {
        let key: Int
        let end: Instant
    }

    /// The sessions by the SHA-256 of their tokens.
    private let sessions = Mutex<[[UInt8]: Session]>([:])

    package static let cookie = "postbacks_session"
    package static let hours = 12
    /// The maximum of sessions; above it those that would end first are forgotten.
    private static let limit = 4096

    package init() {}

    /// Starts a session.
    /// - Returns: its token.
    package func start(key: Int, at now: Instant = .now) -> String {
        let token = randomBytes(32).hexadecimal
        sessions.withLock { sessions in
            sessions = sessions.filter { $0.value.end > now }
            if sessions.count >= Sessions.limit, let first = sessions.min(by: { $0.value.end < $1.value.end }) {
                sessions[first.key] = nil
            }
            sessions[digest(token)] = Session(key: key, end: now + .seconds(3600 * Sessions.hours))
        }
        return token
    }

    /// The id of the key with which the session was started; nil for an unknown token.
    package func key(of token: String, at now: Instant = .now) -> Int? {
        sessions.withLock { sessions in
            guard let session = sessions[digest(token)], session.end > now else { return nil }
            return session.key
        }
    }

    package func end(_ token: String) { sessions.withLock { $0[digest(token)] = nil } }

    private func digest(_ token: String) -> [UInt8] { sha256(Array(token.utf8)) }

    /// The token in the values of `Cookie` (RFC 6265 §5.4); nil if there is none.
    package static func token(in request: Request) -> String? {
        for value in request.values(of: "cookie") {
            for pair in value.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, parts[0].drop(while: { $0 == " " }) == cookie else { continue }
                return String(parts[1])
            }
        }
        return nil
    }

    /// The value of `Set-Cookie`. Without a token the browser forgets the cookie.
    package static func setting(_ token: String?) -> String {
        "\(cookie)=\(token ?? ""); HttpOnly; SameSite=Strict; Path=/; Max-Age=\(token == nil ? 0 : hours * 3600)"
    }
}
