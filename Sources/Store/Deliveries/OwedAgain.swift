package import JSON
import Postgres

/// What a resend or a backfill came to.
package struct OwedAgain {
    package let count: Int
    /// Where the next call goes on; null when there is no more.
    package let next: JSON
}

extension OwedAgain {
    /// A row whose `last` is NULL is the end.
    init(_ row: Row) throws(PostgresError) {
        count = try row.required("count")
        let last: String? = try row.optional("last")
        next = last.map { Cursor.json(behind: $0) } ?? .null
    }

    /// The answer; `name` says what was done to so many.
    package func json(_ name: String, isDryRun: Bool) -> JSON {
        [name: .integer(count), "dryRun": .bool(isDryRun), "next": next]
    }
}
