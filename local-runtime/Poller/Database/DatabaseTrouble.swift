import Logging
import Postgres
import Store

/// Log messages about why a poller cannot work on a database. It waits in each case, because somebody may repair it.
enum DatabaseTrouble {
    /// The log message for an error while a session is set up, or in one.
    static func message(of error: PostgresError) -> Logger.Message {
        if error.isReadOnly || isRefusedAsReadOnly(error) {
            return "the database is read-only; nothing is sent until it accepts writes"
        }
        if error.isForbidden {
            return "the login of the database lacks a right that a poller needs; waiting until it is granted"
        }
        if error.isCopy { return "this database is not the one that sends; waiting until it is adopted" }
        switch error.kind {
        case .missingSchema:
            return
                "the database does not have the tables of this version; run postbacks migrate; waiting until they exist"
        case .malformedConnectionString, .unusable:
            return "the database cannot be used; trying again until it can"
        case .unreachable, .busy, .rejected, .unreadable: return none
        }
    }

    static let none: Logger.Message = "no connection to the database; trying again until there is one"

    /// Whether libpq found no host of several that can be written to; the text is libpq's own.
    private static func isRefusedAsReadOnly(_ error: PostgresError) -> Bool {
        error.sqlState == nil && error.message.contains("session is read-only")
    }
}
