import Secrets
package import Store
import Synchronization
package import System
import Text

/// The keys that are valid now. The gateway loads them twice a second, so that a new or a revoked key counts within a
/// second.
package final class KeyRing: Sendable {
    /// The sender of a request.
    package enum Caller: Sendable, Equatable {
        /// Anybody on this machine, as long as no key exists.
        case anybody
        case key(id: Int, name: String, scope: Scope, limits: KeyLimits = .none)

        package func may(_ scope: Scope) -> Bool {
            switch self {
            case .anybody: true
            case .key(_, _, let own, _): own.allows(scope)
            }
        }

        /// The name for the log.
        package var name: String? { if case .key(_, let name, _, _) = self { name } else { nil } }

        /// The id of the key.
        package var id: Int? { if case .key(let id, _, _, _) = self { id } else { nil } }

        package var limits: KeyLimits { if case .key(_, _, _, let limits) = self { limits } else { .none } }
    }

    package enum Answer: Sendable, Equatable {
        case caller(Caller)
        case noKey
        case wrongKey
        /// The keys could not be read for a while, so it is not known whether one was revoked.
        case unknown
    }

    private struct Entry {
        let name: String
        let scope: Scope
        let limits: KeyLimits
        let digest: [UInt8]
        let expiry: Instant
    }

    private struct State {
        var entries: [Int: Entry] = [:]
        /// Whether there is any key; nil as long as the table was never read.
        var exist: Bool?
        var loaded: Instant = .distantPast
        var used: Set<Int> = []
    }

    private let state = Mutex(State())
    /// Whether the gateway listens on a loopback address only.
    private let isLocal: Bool

    /// The time for which loaded keys stay valid while they cannot be loaded again.
    package static let patience: Duration = .seconds(5)

    package init(isLocal: Bool) { self.isLocal = isLocal }

    /// Replaces the keys by those that were just loaded.
    package func replace(with answer: LoadKeys.Answer, at now: Instant = .now) {
        let entries = answer.keys.map { key in
            let expiry = key.milliseconds.map { now + .milliseconds($0) } ?? .distantFuture
            let digest = Array(key.digest.utf8)
            return (
                key.id,
                Entry(name: key.name, scope: key.scope, limits: key.limits, digest: digest, expiry: expiry)
            )
        }
        state.withLock { state in
            state.entries = Dictionary(entries) { $1 }
            state.exist = answer.exist
            state.loaded = now
        }
    }

    /// Whether no key is known and only this machine can connect. Then everybody who asks may know why the gateway is
    /// not ready.
    package var isUnguarded: Bool { isLocal && state.withLock { $0.exist != true } }

    /// The caller with this text of a key; nil if the request has no key.
    package func caller(_ text: String?, at now: Instant = .now) -> Answer {
        let key = text.flatMap { APIKey($0) }
        return state.withLock { state in
            guard state.exist != nil, now - state.loaded <= KeyRing.patience else { return .unknown }
            if state.exist == false, isLocal { return .caller(.anybody) }
            guard text != nil else { return .noKey }
            guard let key, let entry = state.entries[key.id], entry.expiry > now,
                isEqualInConstantTime(Array(key.digest.hexadecimal.utf8), entry.digest)
            else { return .wrongKey }
            state.used.insert(key.id)
            return .caller(.key(id: key.id, name: entry.name, scope: entry.scope, limits: entry.limits))
        }
    }

    /// The caller with a key that was checked before; nil if that key is not valid any more.
    package func caller(ofID id: Int, at now: Instant = .now) -> Caller? {
        state.withLock { state in
            guard let entry = state.entries[id], entry.expiry > now else { return nil }
            state.used.insert(id)
            return .key(id: id, name: entry.name, scope: entry.scope, limits: entry.limits)
        }
    }

    /// Removes and returns the keys that were used since the last call.
    package func takeUsed() -> [Int] {
        state.withLock { state in
            defer { state.used = [] }
            return state.used.sorted()
        }
    }
}
