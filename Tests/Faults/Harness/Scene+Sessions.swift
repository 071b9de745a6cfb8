import POSIX
import Postgres
import TestSupport

/// The sessions that the programs have on the database.
extension Scene {
    enum Session: String, CaseIterable {
        case recorder = "recordConversion"
        case poller = "postbacks poller"
        case upkeep = "postbacks upkeep"
    }

    /// The server's processes that serve these.
    func backends(of sessions: [Session] = Session.allCases, on connection: Connection) throws -> [CInt] {
        let names = sessions.map { Optional($0.rawValue) }
        return try connection.run(
            "SELECT pid FROM pg_stat_activity WHERE application_name = ANY (\(names)::text[]) ORDER BY pid"
        ).compactMap { $0.integer("pid").map(CInt.init) }
    }

    /// Ends one of the sessions, picked at random.
    func terminateOne(of sessions: [Session] = Session.allCases, on connection: Connection) throws {
        guard let backend = try backends(of: sessions, on: connection).randomElement(using: &random) else { return }
        _ = try connection.run("SELECT pg_terminate_backend(\(backend)::int)")
    }

    /// Ends what one of the sessions is just doing, as its statement timeout would.
    func cancelOne(on connection: Connection) throws {
        guard let backend = try backends(on: connection).randomElement(using: &random) else { return }
        _ = try connection.run("SELECT pg_cancel_backend(\(backend)::int)")
    }

    /// How often a session was the victim of a deadlock.
    func deadlocks() throws -> Int {
        try count("SELECT deadlocks AS value FROM pg_stat_database WHERE datname = current_database()")
    }
}
