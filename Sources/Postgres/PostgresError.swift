import CPostgres

/// What went wrong at the database, sorted by what a caller can do about it.
package struct PostgresError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Kind: Equatable, Sendable {
        /// There is no connection, or no longer: refused, lost, shutting down, full, read-only after a failover.
        /// When it was lost under a transaction, that transaction may or may not have been committed.
        case unreachable
        /// The connection string is none: the same again fails again.
        case malformedConnectionString
        /// What the connection string names cannot be used: no such service, user or database, or a login that is refused.
        /// The same again fails again. The reason names no host and no user.
        case unusable(reason: String)
        /// Rolled back because of others or for want of resources; the same again may succeed.
        case busy
        /// A table, column or function is not there: the migrations have not been run.
        case missingSchema
        /// The statement or its values are at fault; the same again fails again.
        case rejected(sqlState: String)
        /// The answer is not what the statement answers: a required column is NULL, or its text is no value of its type. A mistake in
        /// the program or in the tables; the statement itself was done.
        case unreadable
    }

    package let kind: Kind
    /// PostgreSQL's five characters (appendix A of its manual); nil when the server did not answer.
    package let sqlState: String?
    package let message: String
    /// What the server adds. Nil where that may be the contents of a row, which no log and no answer may show.
    package let detail: String?
    /// The constraint that was violated, if one was.
    package let constraint: String?
    /// The statement that failed; nil for a connection, a script and a one-off query.
    package let statementName: String?
    /// The server ended the session with it.
    package private(set) var isFatal = false
    /// The server said before the commit that it would not do it: nothing of the transaction can have happened.
    package internal(set) var isUndone = false

    /// The login lacks a right (42501).
    package var isForbidden: Bool { kind == .rejected(sqlState: "42501") }

    package var isRetryable: Bool { kind == .unreachable || kind == .busy }

    /// A setting is wrong.
    package var isMisconfiguration: Bool {
        switch kind {
        case .malformedConnectionString, .unusable, .missingSchema: true
        case .unreachable, .busy, .rejected, .unreadable: false
        }
    }

    /// The session can only read: the server is a standby, or was made one by a failover.
    package var isReadOnly: Bool { sqlState == "25006" }

    package var description: String {
        var text = message
        if let sqlState { text += " [\(sqlState)]" }
        if let statementName { text += " in \(statementName)" }
        if let detail { text += ": \(detail)" }
        return text
    }

    /// An error of the connection itself.
    static func unreachable(_ message: String) -> PostgresError {
        PostgresError(
            kind: .unreachable, sqlState: nil, message: message, detail: nil, constraint: nil, statementName: nil)
    }

    /// A connection string that libpq would not take, or would take for something else.
    static func malformedConnectionString(_ message: String) -> PostgresError {
        PostgresError(
            kind: .malformedConnectionString, sqlState: nil, message: message, detail: nil, constraint: nil,
            statementName: nil)
    }

    /// A row that cannot be read as what the statement answers.
    package static func unreadable(_ message: String, statementName: String) -> PostgresError {
        PostgresError(
            kind: .unreadable, sqlState: nil, message: message, detail: nil, constraint: nil,
            statementName: statementName)
    }

    /// What a connection string names that cannot be used.
    package static func unusable(_ reason: String, sqlState: String? = nil, message: String) -> PostgresError {
        PostgresError(
            kind: .unusable(reason: reason), sqlState: sqlState, message: message, detail: nil, constraint: nil,
            statementName: nil)
    }

    /// A value that cannot be sent, answered as the server would answer it.
    static func containsNul(statementName: String?) -> PostgresError {
        PostgresError(
            sqlState: "22021", message: "a text parameter contains the character U+0000", statementName: statementName)
    }

    init(
        sqlState: String, message: String, detail: String? = nil, constraint: String? = nil, statementName: String?,
        isFatal: Bool = false
    ) {
        kind = Kind(sqlState: sqlState, message: message)
        self.sqlState = sqlState
        self.message = message
        self.detail = PostgresError.showsContents(sqlState) ? nil : detail
        self.constraint = constraint
        self.statementName = statementName
        self.isFatal = isFatal
    }

    private init(
        kind: Kind, sqlState: String?, message: String, detail: String?, constraint: String?, statementName: String?
    ) {
        self.kind = kind
        self.sqlState = sqlState
        self.message = message
        self.detail = detail
        self.constraint = constraint
        self.statementName = statementName
    }

    /// States whose detail is a row ("Failing row contains …") or a piece of a value: a CHECK or NOT NULL that is violated, a
    /// partition that is missing, and text that is no value of its type.
    private static func showsContents(_ sqlState: String) -> Bool {
        ["23502", "23514", "44000", "22P02"].contains(sqlState)
    }

    /// The tables have changed under a prepared statement.
    package var isOutdatedPlan: Bool { sqlState == "0A000" && message.contains("cached plan") }

    /// A prepared statement is not there, or one of the same name is: a pooler has changed the session under the connection.
    package var isOfAnotherSession: Bool { sqlState == "26000" || sqlState == "42P05" }

    /// Whether a session that ends with it rolls back what it was doing. A pooler's own states say nothing of that.
    var rollsBack: Bool { !isFatal || ["57P01", "57P02", "57P04", "57P05", "25P03"].contains(sqlState) }
}

extension PostgresError.Kind {
    init(sqlState: String, message: String) {
        switch sqlState {
        case "57P01", "57P02", "57P03", "57P04", "57P05", "53300", "25006", "25P03": self = .unreachable
        case "40001", "40P01", "55P03", "57014", "26000", "42P05": self = .busy
        case "42P01", "42703", "42704", "42883", "3F000": self = .missingSchema
        case "0A000" where message.contains("cached plan"): self = .busy
        case _ where sqlState.hasPrefix("08"): self = .unreachable
        case _ where sqlState.hasPrefix("53"): self = .busy
        default: self = .rejected(sqlState: sqlState)
        }
    }
}
