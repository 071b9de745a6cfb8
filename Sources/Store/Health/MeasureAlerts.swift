package import Postgres

/// Measures the alerts that wait to be sent to the operator.
package struct MeasureAlerts: StoredCall {
    package init() {}

    package struct Answer {
        package let count: Int
        /// For how long the oldest has waited.
        package let seconds: Int
        /// How often one of them was sent in vain.
        package let attempts: Int
        /// How long ago a poller that sends alerts was there; nil where none ever was.
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
