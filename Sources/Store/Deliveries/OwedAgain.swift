package import JSON
import Postgres

/// The result of a resend or a backfill: how many deliveries were enqueued, and the cursor of the next call.
package struct OwedAgain {
    package let count: Int
    /// The cursor at which the next call continues; null at the end.
    package let next: JSON
}

extension OwedAgain {
    /// Reads a row; a NULL in `last` means the end.
    init(_ row: Row) throws(PostgresError) {
        count = try row.required("count")
        let last: String? = try row.optional("last")
        next = last.map { Cursor.json(behind: $0) } ?? .null
    }

    /// The answer as JSON. `name` is the member that holds the count.
    package func json(_ name: String, isDryRun: Bool) -> JSON {
        [name: .integer(count), "dryRun": .bool(isDryRun), "next": next]
    }
}
