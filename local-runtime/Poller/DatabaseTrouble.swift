import Logging
import Postgres
import Store

/// Why a poller cannot work on a database, in the words of its log. It waits in each case: somebody may put it right.
enum DatabaseTrouble {
    /// What the log says of an error on the way to a session that can be worked with, or in one.
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

    /// Of several hosts none could be written to: libpq's own words.
    private static func isRefusedAsReadOnly(_ error: PostgresError) -> Bool {
        error.sqlState == nil && error.message.contains("session is read-only")
    }
}
