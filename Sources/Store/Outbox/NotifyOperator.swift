package import JSON
package import Postgres

/// Stores an alert.
package struct NotifyOperator: StoredCall {
    package let type: String
    package let data: JSON

    package init(_ type: String, _ data: JSON) {
        self.type = type
        self.data = data
    }

    package static let statement = Statement(name: "notify_operator", bytes: PackageResources.notify_operator_sql)

    package var arguments: Arguments { ["type": .text(type), "data": .utf8(data.bytes)] }
}

/// Stores that this program sends alerts, and creates an alert if a delivery has been due for longer than `lagSeconds`.
package struct WatchOutbox: StoredCall {
    package let lagSeconds: Int

    package init(lagSeconds: Int) { self.lagSeconds = lagSeconds }

    package static let statement = Statement(name: "watch_outbox", bytes: PackageResources.watch_outbox_sql)

    package var arguments: Arguments { ["lag_seconds": .int(lagSeconds)] }
}

/// Creates alerts for the deliveries that died in minutes that are over.
package struct ReportDeadDeliveries: StoredCall {
    package init() {}

    package static let statement = Statement(
        name: "report_dead_deliveries", bytes: PackageResources.report_dead_deliveries_sql)
}
