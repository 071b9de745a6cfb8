import Postgres

/// The first rows of a list, and the number of all its rows, which the statement returns with each row as `count`.
package struct FirstRows<Element> {
    package let first: [Element]
    /// The number of all, also of those beyond the limit.
    package let count: Int

    init(_ rows: Rows, _ read: (Row) throws(PostgresError) -> Element) throws(PostgresError) {
        first = try rows.map(read)
        count = try rows.first?.required("count") ?? 0
    }
}
