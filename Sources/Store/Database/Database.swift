package import FunctionRuntime
import JSON
import Logging
package import Postgres
package import System

/// The database of a function. It connects at the first use, and again when the connection was lost or has become
/// useless: the server may be gone, or may be read-only since a failover.
package final class Database {
    private let connectionString: String
    private let isConfigured: Bool
    private let applicationName: String
    private let logger: Logger
    private var connection: Connection?
    /// A descriptor that becomes readable when calls must stop waiting for the database. Such a call fails as
    /// `unavailable`.
    package var interruption: Descriptor? {
        didSet { connection?.interruption = interruption }
    }
    /// The groups that were started and whose results have not been returned, and whether they were sent over a connection
    /// that an earlier call had made.
    private var sent: (groups: [[Call]], isKept: Bool)?
    /// The server's encoding, as of the last connection.
    private var encoding: String?

    /// `applicationName` is the name that `pg_stat_activity` shows, for example the function's.
    package init(_ settings: Settings, applicationName: String) throws(FunctionError) {
        connectionString = try settings(.databaseURL)
        isConfigured = ["DATABASE_URL", "PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE", "PGPORT"].contains {
            settings.has($0)
        }
        self.applicationName = applicationName
        logger = try Logger(named: applicationName, settings)
    }

    /// Runs one statement in a transaction of its own.
    package func run(_ statement: Statement, _ parameters: [Parameter] = []) throws(FunctionError) -> Rows {
        try run([[Call(statement, parameters)]])[0][0]
    }

    /// Runs one call in a transaction of its own.
    package func run<Stored: StoredCall>(_ stored: Stored) throws(FunctionError) -> Stored.Answer {
        var trip = RoundTrip()
        let ticket = trip.add(stored)
        return try run(trip).answer(ticket)
    }

    /// Runs the transactions of a round trip.
    /// - Throws: the error of the first transaction that failed.
    package func run(_ trip: RoundTrip) throws(FunctionError) -> Answers {
        Answers(database: self, answers: RoundTrip.Answers(try run(trip.groups).map(Result.success)))
    }

    /// The answers to a round trip that succeeded.
    package struct Answers {
        fileprivate let database: Database
        fileprivate let answers: RoundTrip.Answers

        /// - Throws: `internal` for an answer that cannot be read; the log names the statement and the fault.
        package func answer<Stored: StoredCall>(
            _ ticket: RoundTrip.Ticket<Stored>
        ) throws(FunctionError) -> Stored.Answer {
            do throws(PostgresError) { return try answers(ticket) } catch { throw database.functionError(error) }
        }
    }

    /// Runs groups of calls in one round trip; each group is a transaction.
    /// - Returns: the rows of each call of each group.
    /// - Throws: the error of the first group that failed.
    package func run(_ groups: [[Call]]) throws(FunctionError) -> [[Rows]] {
        do throws(PostgresError) {
            var results: [[Rows]] = []
            for result in try transactions(groups) { results.append(try result.get()) }
            return results
        } catch {
            throw functionError(error)
        }
    }

    /// Like `run`, but returns PostgreSQL's own errors, one for each group that failed. It connects if there is no
    /// connection. Groups that failed because the kept connection was stale are sent once more, if the error shows that
    /// the server executed nothing of them.
    func transactions(_ groups: [[Call]]) throws(PostgresError) -> [Result<[Rows], PostgresError>] {
        try start(groups)
        return try results(unlessReadable: nil) ?? []
    }

    /// Sends groups of calls as `transactions` does, without waiting for the server. `results` returns its answers, and
    /// only after that the next call may be made.
    func start(_ groups: [[Call]]) throws(PostgresError) {
        let isKept = keepsConnection()
        try send(groups)
        sent = (groups, isKept)
    }

    /// Waits for the results of the groups that `start` sent.
    /// - Returns: nil if `descriptor` became readable before.
    func results(unlessReadable descriptor: CInt?) throws(PostgresError) -> [Result<[Rows], PostgresError>]? {
        guard let sent else { return [] }
        var results: [Result<[Rows], PostgresError>]
        do throws(PostgresError) {
            guard let received = try receive(unlessReadable: descriptor) else { return nil }
            self.sent = nil
            results = received
        } catch {
            self.sent = nil
            throw error
        }
        let failed = results.indices.filter { results[$0].error?.isOfKeptConnection == true }
        guard sent.isKept, let first = failed.first, let error = results[first].error else { return results }
        logger.info("the groups were sent again over a new connection", metadata: ["reason": "\(error)"])
        try send(failed.map { sent.groups[$0] })
        for (index, result) in zip(failed, try receive(unlessReadable: nil) ?? []) { results[index] = result }
        return results
    }

    /// Like `transactions` above, for a round trip whose answers are read by their tickets.
    func transactions(_ trip: RoundTrip) throws(PostgresError) -> RoundTrip.Answers {
        RoundTrip.Answers(try transactions(trip.groups))
    }

    /// Like `transactions` above, for one call.
    func transaction<Stored: StoredCall>(_ stored: Stored) throws(PostgresError) -> Stored.Answer {
        var trip = RoundTrip()
        let ticket = trip.add(stored)
        return try transactions(trip)(ticket)
    }

    /// Like `start` above, for a round trip whose answers are read by their tickets.
    func start(_ trip: RoundTrip) throws(PostgresError) { try start(trip.groups) }

    /// Like `results` above, for a round trip.
    func answers(unlessReadable descriptor: CInt?) throws(PostgresError) -> RoundTrip.Answers? {
        try results(unlessReadable: descriptor).map(RoundTrip.Answers.init)
    }

    private func send(_ groups: [[Call]]) throws(PostgresError) {
        let connection = try connected()
        do throws(PostgresError) {
            try connection.start(groups)
        } catch {
            self.connection = nil
            throw error
        }
    }

    private func receive(unlessReadable descriptor: CInt?) throws(PostgresError) -> [Result<[Rows], PostgresError>]? {
        guard let connection else { return [] }
        do throws(PostgresError) {
            guard let results = try connection.results(unlessReadable: descriptor) else { return nil }
            if !connection.isUsable || results.contains(where: { $0.error?.kind == .unreachable }) {
                self.connection = nil
            }
            return results
        } catch {
            self.connection = nil
            throw error
        }
    }

    /// Whether a connection from an earlier call exists that the server has not closed since.
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

    /// The error that the caller gets for a failure of the database. Details that do not concern the caller go to the
    /// log.
    func functionError(_ error: PostgresError) -> FunctionError {
        switch error.kind {
        case .missingSchema:
            logger.error("\(error)")
            return FunctionError(
                .misconfigured,
                "DATABASE_URL names a database without the tables of this version; run: postbacks migrate")
        case .malformedConnectionString:
            return FunctionError(.misconfigured, "DATABASE_URL is not a connection string: \(error.message)")
        case .unreachable where !isConfigured:
            logger.error("\(error)")
            return FunctionError(.misconfigured, "DATABASE_URL is not set; \(RuntimeHome.hint)")
        // A database that existed before may come back: it is being restored or renamed.
        case .unusable where error.sqlState == "3D000" && encoding != nil:
            logger.warning("\(error)")
            return FunctionError(.unavailable, "the connection to the database was lost; the log says more")
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
            return FunctionError(.unavailable, "the database is read-only now; try again")
        case .unreachable where error.isUnconfirmed:
            logger.warning("\(error)")
            return FunctionError(.unavailable, "the database's standby has not confirmed the commit; try again")
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
            logger.error("a sequence is behind its table; `postbacks doctor` names it: \(error)")
            return FunctionError(.unavailable, "the next id is already in use; try again")
        case .rejected where error.isForbidden:
            logger.error("\(error)")
            return .lacksRights(error)
        case .rejected(sqlState: PostgresError.foreignKeyViolation):
            return FunctionError(.unavailable, "something that the input names was just removed; try again")
        case .rejected, .unreadable:
            logger.error("\(error)")
            return .internal
        }
    }

    private var isInterrupted: Bool {
        guard let interruption else { return false }
        return (try? wait(for: [.read(interruption)], atMost: .zero)) == [true]
    }

    /// Whether the server's encoding cannot represent the text, or rejects its bytes.
    private func isOfEncoding(_ error: PostgresError) -> Bool {
        encoding != "UTF8" && ["22P05", "22021"].contains(error.sqlState)
    }
}

extension FunctionError {
    /// The database's login lacks a right for the operation.
    package static func lacksRights(_ error: PostgresError) -> FunctionError {
        FunctionError(
            .misconfigured,
            "the login of DATABASE_URL lacks a right that this call needs: \(error.message); `postbacks migrate --help` names the roles"
        )
    }
}

extension PostgresError {
    /// SQLSTATE of a foreign-key violation: a referenced row would be deleted, or does not exist.
    static let foreignKeyViolation = "23503"

    /// Whether the violated key is one that the statement got from a sequence.
    fileprivate var isTakenID: Bool { sqlState == "23505" && constraint?.hasSuffix("_pkey") == true }

    /// Whether a stale kept connection caused the error, and nothing was executed on it.
    fileprivate var isOfKeptConnection: Bool {
        isUndone && (kind == .unreachable || isOfAnotherSession || isOutdatedPlan)
    }
}

extension Result where Failure == PostgresError {
    fileprivate var error: PostgresError? {
        if case .failure(let error) = self { error } else { nil }
    }
}
