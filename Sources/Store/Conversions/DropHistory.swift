package import JSON
package import Postgres

/// Drops finished conversions that are older than `keepDays`, with their events and their deliveries: it looks at the
/// next `limit` conversions after the id `after`.
package struct DropHistory: StoredCall {
    package let keepDays: Int
    package let after: Int
    package let limit: Int
    package let withRecords: Bool

    /// `after` is the id of the conversion after which it begins, in the order of ids. `withRecords` says whether the
    /// answer contains what was dropped.
    package init(keepDays: Int, after: Int = 0, limit: Int, withRecords: Bool = false) {
        self.keepDays = keepDays
        self.after = after
        self.limit = limit
        self.withRecords = withRecords
    }

    package struct Dropped: Sendable {
        package let conversions: Int
        package let deliveries: Int
        /// The id after which the next call begins; nil if the rest is too young.
        package let last: Int?
        /// The dropped records, if they were asked for: objects with the members `conversion`, `events` and `deliveries`.
        package let records: [JSON]
    }

    package static let statement = Statement(name: "drop_history", bytes: PackageResources.drop_history_sql)

    package var arguments: Arguments {
        [
            "keep_days": .int(keepDays), "after_id": .int(after), "limit": .int(limit),
            "with_records": .bool(withRecords),
        ]
    }

    /// Nil if another session drops history at this moment.
    package func answer(_ rows: Rows) throws(PostgresError) -> Dropped? {
        let row = try rows.single()
        guard let conversions: Int = try row.optional("dropped") else { return nil }
        guard case .array(let records) = try row.requiredJSON("records") else {
            throw .unreadable("records is not a list", statementName: DropHistory.statement.name)
        }
        return Dropped(
            conversions: conversions, deliveries: try row.required("deliveries"), last: try row.optional("last_id"),
            records: records)
    }
}
