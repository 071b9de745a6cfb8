package import FunctionRuntime
import JSON
import Logging
package import POSIX
package import Postgres

/// The database of a function: connected when it is first needed, and again after the connection was lost or has turned out to
/// be of no use: what was kept may lead to a server that has gone, or that can only be read since a failover.
package final class Database {
    private let connectionString: String
    private let isConfigured: Bool
    private let applicationName: String
    private let logger: Logger
    private var connection: Connection?
    /// What is readable when a call shall not wait for the database any more. That call then fails as `unavailable`.
    package var interruption: Descriptor? {
        didSet { connection?.interruption = interruption }
    }
    /// Of the server, when it was last reached.
    private var encoding: String?

    /// - Parameter applicationName: what `pg_stat_activity` shows, e.g. the function's name.
    package init(_ settings: Settings, applicationName: String) throws(FunctionError) {
        connectionString = try settings(.databaseURL)
        isConfigured = ["DATABASE_URL", "PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE", "PGPORT"].contains {
            settings.has($0)
        }
        self.applicationName = applicationName
        logger = try Logger(named: applicationName, settings)
    }

    /// One statement in a transaction of its own.
    package func run(_ statement: Statement, _ parameters: [Parameter] = []) throws(FunctionError) -> Rows {
        try run([[Call(statement, parameters)]])[0][0]
    }

    /// One call in a transaction of its own.
    package func run<Stored: StoredCall>(_ stored: Stored) throws(FunctionError) -> Stored.Answer {
        var trip = RoundTrip()
        let ticket = trip.add(stored)
        return try run(trip).answer(ticket)
    }

    /// Calls and transactions in one round trip.
    /// - Throws: what the first transaction that fails has failed with.
    package func run(_ trip: RoundTrip) throws(FunctionError) -> Answers {
        Answers(database: self, answers: RoundTrip.Answers(try run(trip.groups).map(Result.success)))
    }

    /// What the database answered to a round trip that succeeded.
    package struct Answers {
        fileprivate let database: Database
        fileprivate let answers: RoundTrip.Answers

        /// - Throws: `internal` for an answer that cannot be read; the log says of what.
        package func answer<Stored: StoredCall>(
            _ ticket: RoundTrip.Ticket<Stored>
        ) throws(FunctionError) -> Stored.Answer {
            do throws(PostgresError) { return try answers(ticket) } catch { throw database.functionError(error) }
        }
    }

    /// Groups of statements, each group one transaction, all in one round trip.
    /// - Returns: the rows of each statement of each group. The first group that fails is what is thrown.
    package func run(_ groups: [[Call]]) throws(FunctionError) -> [[Rows]] {
        do throws(PostgresError) {
            var results: [[Rows]] = []
            for result in try transactions(groups) { results.append(try result.get()) }
            return results
        } catch {
            throw functionError(error)
        }
    }

    /// Like `run`, but PostgreSQL's own errors come back, one for each group that failed. Connects if there is no connection.
    /// What a connection that was kept is to blame for is done once more, where the server has said that nothing of it happened.
    func transactions(_ groups: [[Call]]) throws(PostgresError) -> [Result<[Rows], PostgresError>] {
        let isKept = keepsConnection()
        var results = try attempt(groups)
        let failed = results.indices.filter { results[$0].error?.isOfKeptConnection == true }
        guard isKept, let first = failed.first, let error = results[first].error else { return results }
        logger.info("done once more", metadata: ["reason": "\(error)"])
        for (index, result) in zip(failed, try attempt(failed.map { groups[$0] })) { results[index] = result }
        return results
    }

    /// Like `transactions` above, for a round trip whose answers are asked for by their tickets.
    func transactions(_ trip: RoundTrip) throws(PostgresError) -> RoundTrip.Answers {
        RoundTrip.Answers(try transactions(trip.groups))
    }

    /// The same for one call.
    func transaction<Stored: StoredCall>(_ stored: Stored) throws(PostgresError) -> Stored.Answer {
        var trip = RoundTrip()
        let ticket = trip.add(stored)
        return try transactions(trip)(ticket)
    }

    private func attempt(_ groups: [[Call]]) throws(PostgresError) -> [Result<[Rows], PostgresError>] {
        let connection = try connected()
        do throws(PostgresError) {
            let results = try connection.transactions(groups)
            if !connection.isUsable || results.contains(where: { $0.error?.kind == .unreachable }) {
                self.connection = nil
            }
            return results
        } catch {
            self.connection = nil
            throw error
        }
    }

    /// Whether there is a connection from an earlier call that the server has not ended since.
    private func keepsConnection() -> Bool {
        if connection?.isStillThere() == false { connection = nil }
        return connection != nil
    }

    private func connected() throws(PostgresError) -> Connection {
        if let connection, connection.isUsable { return connection }
        let fresh = try Connection(connectionString, applicationName: applicationName, unless: interruption)
        connection = fresh
        encoding = fresh.serverEncoding
        return fresh
    }

    /// What the caller learns of a failure at the database; what is none of theirs goes to the log.
    func functionError(_ error: PostgresError) -> FunctionError {
        switch error.kind {
        case .missingSchema:
            logger.error("\(error)")
            return FunctionError(
                .misconfigured,
                "DATABASE_URL names a database without the tables of this version; run: postbacks migrate")
        case .malformedConnectionString:
            return FunctionError(.misconfigured, "DATABASE_URL is no connection string: \(error.message)")
        case .unreachable where !isConfigured:
            logger.error("\(error)")
            return FunctionError(.misconfigured, "DATABASE_URL is not set; \(RuntimeHome.hint)")
        // One that was there may come back: it is being restored, or renamed.
        case .unusable where error.sqlState == "3D000" && encoding != nil:
            logger.warning("\(error)")
            return FunctionError(.unavailable, "the database is gone; the log says more")
        case .unusable(let reason):
            logger.error("\(error)")
            return FunctionError(
                .misconfigured,
                isConfigured
                    ? "DATABASE_URL does not work: \(reason)" : "DATABASE_URL is not set; \(RuntimeHome.hint)")
        case .unreachable where isInterrupted:
            return FunctionError(.unavailable, "the call was interrupted")
        case .unreachable where error.isReadOnly:
            logger.warning("\(error)")
            return FunctionError(.unavailable, "the database can only be read now; try again")
        case .unreachable:
            logger.warning("\(error)")
            return FunctionError(.unavailable, "the database cannot be reached now; the log says why")
        case .busy:
            logger.warning("\(error)")
            return FunctionError(.unavailable, "the database is busy; the log says with what")
        case .rejected where isOfEncoding(error):
            logger.error("\(error)")
            return FunctionError(
                .misconfigured,
                "DATABASE_URL names a database whose encoding \(encoding ?? "") cannot hold the text; it must be UTF8")
        case .rejected where error.isTakenID:
            logger.error("a sequence stands behind its table; `postbacks doctor` names it: \(error)")
            return FunctionError(.unavailable, "an id that was to be given is taken; try again")
        case .rejected where error.isForbidden:
            logger.error("\(error)")
            return .lacksRights(error)
        case .rejected(sqlState: PostgresError.foreignKeyViolation):
            return FunctionError(.unavailable, "something that the input names was removed just now; try again")
        case .rejected, .unreadable:
            logger.error("\(error)")
            return .internal
        }
    }

    private var isInterrupted: Bool {
        guard let interruption else { return false }
        return (try? wait(for: [.read(interruption)], milliseconds: 0)) == [true]
    }

    /// A text that the server's encoding has no bytes for, or that is no text in it.
    private func isOfEncoding(_ error: PostgresError) -> Bool {
        encoding != "UTF8" && ["22P05", "22021"].contains(error.sqlState)
    }
}

extension FunctionError {
    /// The database's login may not do what is asked of it.
    package static func lacksRights(_ error: PostgresError) -> FunctionError {
        FunctionError(
            .misconfigured,
            "DATABASE_URL's login lacks a right that this needs: \(error.message); `postbacks migrate --help` names the roles"
        )
    }
}

extension PostgresError {
    /// A row that is referred to was to go, or one that is not there was referred to.
    static let foreignKeyViolation = "23503"

    /// A key that the statement did not choose itself but got from a sequence.
    fileprivate var isTakenID: Bool { sqlState == "23505" && constraint?.hasSuffix("_pkey") == true }

    /// The connection that was kept is to blame, and nothing was done on it.
    fileprivate var isOfKeptConnection: Bool {
        isUndone && (kind == .unreachable || isOfAnotherSession || isOutdatedPlan)
    }
}

extension Result where Failure == PostgresError {
    fileprivate var error: PostgresError? {
        if case .failure(let error) = self { error } else { nil }
    }
}
