package import Postgres

/// Measures the alerts that wait to be sent to the operator.
package struct MeasureAlerts: StoredCall {
    package init() {}

    package struct Answer {
        package let count: Int
        /// Seconds that the oldest has waited.
        package let seconds: Int
        /// The highest number of failed attempts of one of them.
        package let attempts: Int
        /// Seconds since a poller that sends alerts was last seen; nil if there never was one.
        package let senderSeconds: Int?
    }

    package static let statement = Statement(name: "measure_alerts", bytes: PackageResources.measure_alerts_sql)

    package func answer(_ rows: Rows) throws(PostgresError) -> Answer {
        let row = try rows.single()
        return Answer(
            count: try row.required("count"), seconds: try row.required("seconds"),
            attempts: try row.required("attempts"), senderSeconds: try row.optional("sender_seconds"))
    }
}
