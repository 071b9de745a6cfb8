import CPostgres
import System

/// Whether this connection has a server session of its own. A pooler in transaction mode gives each transaction one of
/// its sessions: statements prepared, parameters set and channels listened to there are lost to this connection, and
/// other clients find them.
package enum Session: Equatable, Sendable {
    case unknown
    /// Something has been sent already, so a probe is worth its cost.
    case used
    /// The session belongs to this connection alone, as long as it lasts.
    case own
    case shared

    func shouldProbe(_ wish: Bool?) -> Bool { self == .used || self == .unknown && wish == true }
}

extension Connection {
    /// The server's encoding, as reported when the connection was made.
    package var serverEncoding: String? {
        guard let text = unsafe PQparameterStatus(handle.pointer, "server_encoding") else { return nil }
        return unsafe String(cString: text)
    }

    /// Checks whether an idle connection is still open, so that nothing is sent on one that the server has closed.
    package func isStillThere() -> Bool {
        guard isUsable, !isBusy else { return isUsable }
        do throws(PostgresError) {
            // The server's last messages come first, and then the end of the stream.
            for _ in 0..<16 where isUsable && loss == nil {
                guard try waitForPostgres([.readNumber(socket)], atMost: .zero)[0] else { break }
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

    /// Compares the server process with the one that was reported when the connection was made; a pooler makes that one
    /// up. In a session of its own the call also sets the isolation level that every statement here expects, whatever
    /// the default of the database or the role is.
    var probe: Call {
        let own = Int(unsafe PQbackendPID(handle.pointer))
        return Call(
            """
            SELECT pg_backend_pid() = \(own)::int AS is_own,
                set_config('default_transaction_isolation', 'read committed', pg_backend_pid() <> \(own)::int)
            """)
    }

    func handleProbe(_ answer: Result<[Rows], PostgresError>) {
        guard session != .shared, case .success(let rows) = answer, let row = rows.first?.first else { return }
        session = row.bool("is_own") == true ? .own : .shared
    }

    /// Learns from an error that the session is shared or that a plan is outdated, and then forgets the prepared
    /// statements. Their old names stay in the session, unused.
    func learn(from error: PostgresError) {
        if error.isOfAnotherSession { session = .shared }
        if error.isOfAnotherSession || error.isOutdatedPlan {
            prepared = [:]
            generation += 1
        }
    }
}
