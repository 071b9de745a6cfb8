import Logging
import Postgres
import Store

/// Log messages about why a poller cannot work on a database. It waits in each case, because somebody may repair it.
enum DatabaseTrouble {
    /// The log message for an error while a session is set up, or in one.
    static func message(of error: PostgresError) -> Logger.Message {
        if error.isReadOnly || isRefusedAsReadOnly(error) {
            return "the database can only be read; nothing is sent until it can be written to"
        }
        if error.isForbidden {
            return "the database's login lacks a right that a poller needs; waiting until it has it"
        }
        if error.isCopy { return "this database is not the one that sends; waiting until it is" }
        switch error.kind {
        case .missingSchema:
            return "the database has no tables of this version; run postbacks migrate; waiting until they are there"
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
