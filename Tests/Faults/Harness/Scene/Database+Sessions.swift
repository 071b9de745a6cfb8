import Postgres
import System
import TestSupport

/// The programs' sessions on the database.
extension Database {
    enum Session: String, CaseIterable {
        case recorder = "recordConversion"
        case updater = "updateConversionStatus"
        case poller = "postbacks poller"
        case upkeep = "postbacks upkeep"
    }

    /// The process ids of the server's backends for these sessions.
    func backends(of sessions: [Session] = Session.allCases, on connection: Connection) throws -> [CInt] {
        let names = sessions.map { Optional($0.rawValue) }
        return try connection.run(
            "SELECT pid FROM pg_stat_activity WHERE application_name = ANY (\(names)::text[]) ORDER BY pid"
        ).compactMap { $0.integer("pid").map(CInt.init) }
    }

    /// Ends one of the sessions, chosen at random.
    func terminateOne(of sessions: [Session] = Session.allCases, on connection: Connection) throws {
        guard let backend = try backends(of: sessions, on: connection).randomElement(using: &chance.random) else {
            return
        }
        _ = try connection.run("SELECT pg_terminate_backend(\(backend)::int)")
    }

    /// Cancels the current statement of one session, as a statement timeout would.
    func cancelOne(on connection: Connection) throws {
        guard let backend = try backends(on: connection).randomElement(using: &chance.random) else { return }
        _ = try connection.run("SELECT pg_cancel_backend(\(backend)::int)")
    }

    /// The number of deadlocks in this database so far.
    func deadlocks() throws -> Int {
        try count("SELECT deadlocks AS value FROM pg_stat_database WHERE datname = current_database()")
    }
}
