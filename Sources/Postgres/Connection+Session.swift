import CPostgres
import POSIX

/// Whose the session on the server is. A pooler in transaction mode gives each transaction one of its sessions: what is
/// prepared, set or listened to there is lost to this connection, and found by others.
package enum Session: Equatable, Sendable {
    case unknown
    /// Something has been sent already: it is worth asking.
    case used
    /// The connection has it for itself, as long as it lasts.
    case own
    case shared

    func isToProbe(_ wish: Bool?) -> Bool { self == .used || self == .unknown && wish == true }
}

extension Connection {
    /// The server's encoding, as it said when the connection was made.
    package var serverEncoding: String? {
        guard let text = unsafe PQparameterStatus(handle.pointer, "server_encoding") else { return nil }
        return unsafe String(cString: text)
    }

    /// Looks whether an idle connection is still there, so that nothing is sent on one that the server has closed.
    package func isStillThere() -> Bool {
        guard isUsable, !isBusy else { return isUsable }
        do throws(PostgresError) {
            // What the server said before it closed comes first, the end behind it.
            for _ in 0..<16 where isUsable && loss == nil {
                guard try waitForPostgres([.readNumber(socket)], milliseconds: 0)[0] else { break }
                if unsafe PQconsumeInput(handle.pointer) == 0 { loss = .unreachable(handle.message) }
                _ = unsafe PQisBusy(handle.pointer)
                if let farewell = handle.farewell { loss = .unreachable(farewell) }
            }
        } catch {
            loss = error
        }
        if loss != nil { isOutOfStep = true }
        return isUsable
    }

    /// Compares the server's process with the one that has let this connection in: a pooler invents that one. A session of
    /// one's own then works as every statement here expects, whatever the database or the role has for a default.
    var probe: Call {
        let own = Int(unsafe PQbackendPID(handle.pointer))
        return Call(
            """
            SELECT pg_backend_pid() = \(own)::int AS is_own,
                set_config('default_transaction_isolation', 'read committed', pg_backend_pid() <> \(own)::int)
            """)
    }

    func takeProbe(_ answer: Result<[Rows], PostgresError>) {
        guard session != .shared, case .success(let rows) = answer, let row = rows.first?.first else { return }
        session = row.bool("is_own") == true ? .own : .shared
    }

    /// What is prepared under the old names stays unused in the session.
    func learn(from error: PostgresError) {
        if error.isOfAnotherSession { session = .shared }
        if error.isOfAnotherSession || error.isOutdatedPlan {
            prepared = [:]
            generation += 1
        }
    }
}
