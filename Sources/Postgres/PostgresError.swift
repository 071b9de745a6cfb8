import CPostgres

/// An error of the database, classified by what a caller can do about it.
package struct PostgresError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Kind: Equatable, Sendable {
        /// There is no usable connection: the server refused it, closed it, is shutting down, has no free slot, or is
        /// read-only since a failover. If it was lost during a transaction, that transaction may or may not have been
        /// committed. A commit that the synchronous standby has not confirmed counts as lost too.
        case unreachable
        /// The connection string is malformed: a retry fails again.
        case malformedConnectionString
        /// Something that the connection string names cannot be used: there is no such service, user or database, or
        /// the login is refused. A retry fails again. The reason names no host and no user.
        case unusable(reason: String)
        /// Rolled back because of concurrent transactions or for lack of resources; a retry may succeed.
        case busy
        /// A table, column or function is missing: the migrations have not been run.
        case missingSchema
        /// The statement or its values are at fault; a retry fails again.
        case rejected(sqlState: String)
        /// The rows do not have the expected form: a required column is NULL, or its text is not a value of its type.
        /// This is an error in the program or in the tables; the statement itself was executed.
        case unreadable
    }

    package let kind: Kind
    /// The SQLSTATE (appendix A of PostgreSQL's manual); nil if the server did not answer.
    package let sqlState: String?
    package let message: String
    /// The server's detail. Nil if it may contain the contents of a row, which must not appear in a log or an answer.
    package let detail: String?
    /// The violated constraint, if there is one.
    package let constraint: String?
    /// The statement that failed; nil for a connection, a script and a one-off query.
    package let statementName: String?
    /// Whether the server ended the session with this error.
    package private(set) var isFatal = false
    /// Whether the server reported the error before the commit, so that nothing of the transaction can have happened.
    package internal(set) var isUndone = false
    /// Whether the server has committed the transaction, and it is not known whether its synchronous standby has it. A
    /// failover may undo it.
    package private(set) var isUnconfirmed = false

    /// Whether the login lacks a right (42501).
    package var isForbidden: Bool { kind == .rejected(sqlState: "42501") }

    package var isRetryable: Bool { kind == .unreachable || kind == .busy }

    /// Whether a setting is wrong.
    package var isMisconfiguration: Bool {
        switch kind {
        case .malformedConnectionString, .unusable, .missingSchema: true
        case .unreachable, .busy, .rejected, .unreadable: false
        }
    }

    /// Whether the session is read-only: the server is a standby, or became one by a failover.
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

    /// The error of a commit whose wait for the synchronous standby was cancelled. The server answers such a commit with
    /// success and this warning.
    static func unconfirmedCommit(_ warning: String) -> PostgresError {
        var error = unreachable(warning)
        error.isUnconfirmed = true
        return error
    }

    /// A connection string that libpq would reject or misread.
    static func malformedConnectionString(_ message: String) -> PostgresError {
        PostgresError(
            kind: .malformedConnectionString, sqlState: nil, message: message, detail: nil, constraint: nil,
            statementName: nil)
    }

    /// A row that does not have the expected form.
    package static func unreadable(_ message: String, statementName: String) -> PostgresError {
        PostgresError(
            kind: .unreadable, sqlState: nil, message: message, detail: nil, constraint: nil,
            statementName: statementName)
    }

    /// Something that a connection string names and that cannot be used.
    package static func unusable(_ reason: String, sqlState: String? = nil, message: String) -> PostgresError {
        PostgresError(
            kind: .unusable(reason: reason), sqlState: sqlState, message: message, detail: nil, constraint: nil,
            statementName: nil)
    }

    /// A value that cannot be sent; the error is the one that the server would report.
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

    /// Whether the detail of a SQLSTATE shows a row ("Failing row contains …") or a part of a value: a violated CHECK
    /// or NOT NULL, a missing partition, and text that is not a value of its type.
    private static func showsContents(_ sqlState: String) -> Bool {
        ["23502", "23514", "44000", "22P02"].contains(sqlState)
    }

    /// Whether a table has changed under a prepared statement.
    package var isOutdatedPlan: Bool { sqlState == "0A000" && message.contains("cached plan") }

    /// Whether a prepared statement is missing, or one of its name exists already: a pooler has switched the session
    /// under the connection.
    package var isOfAnotherSession: Bool { sqlState == "26000" || sqlState == "42P05" }

    /// Whether a session that ends with this error rolls back its transaction. A pooler's own states do not tell.
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
