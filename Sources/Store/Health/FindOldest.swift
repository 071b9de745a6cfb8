package import Postgres

/// Finds the time at which the oldest conversion was recorded that is still there; nil if there is none.
package struct FindOldest: StoredCall {
    package init() {}

    package static let statement = Statement(name: "find_oldest", bytes: PackageResources.find_oldest_sql)

    package func answer(_ rows: Rows) throws(PostgresError) -> String? { try rows.first?.required("recorded_at") }
}
