package import FunctionRuntime
import JSON
import Logging
package import Postgres

/// The database of a function: connected when it is first needed, and again after the connection was lost.
package final class Database {
    private let connectionString: String
    private let isConfigured: Bool
    private let applicationName: String
    private let logger: Logger
    private var connection: Connection?

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
    func transactions(_ groups: [[Call]]) throws(PostgresError) -> [Result<[Rows], PostgresError>] {
        let connection = try connected()
        do throws(PostgresError) {
            let results = try connection.transactions(groups)
            if !connection.isUsable { self.connection = nil }
            return results
        } catch {
            if !connection.isUsable { self.connection = nil }
            throw error
        }
    }

    private func connected() throws(PostgresError) -> Connection {
        if let connection, connection.isUsable { return connection }
        let fresh = try Connection(connectionString, applicationName: applicationName)
        connection = fresh
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
            return FunctionError(
                .misconfigured, "DATABASE_URL is not set, and libpq's defaults do not work: \(error.message)")
        case .unreachable where error.isWrongAccess:
            return FunctionError(.misconfigured, "DATABASE_URL does not work: \(error.message)")
        case .unreachable, .busy:
            logger.warning("\(error)")
            return FunctionError(.unavailable, "the database cannot do it now: \(error.message)")
        case .rejected where error.isForbidden:
            logger.error("\(error)")
            return .lacksRights(error)
        case .rejected(sqlState: PostgresError.foreignKeyViolation):
            return FunctionError(.unavailable, "something that the input names was removed just now; try again")
        case .rejected:
            logger.error("\(error)")
            return .internal
        }
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

    /// Whether the server let nobody in under this name: libpq tells it in words only.
    fileprivate var isWrongAccess: Bool {
        sqlState == nil
            && ["authentication failed", "does not exist", "no pg_hba.conf entry", "no password supplied", "invalid"]
                .contains { message.contains($0) }
            // A server that has gone may have been right.
            && !["Is the server running", "server closed the connection", "invalid socket"].contains {
                message.contains($0)
            }
    }
}

extension Row {
    /// A column that holds JSON, as a value; null for NULL.
    func json(_ column: String) -> JSON {
        bytes(column).flatMap { try? JSON(parsing: $0, depth: .max) } ?? .null
    }
}
