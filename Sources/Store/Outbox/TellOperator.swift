package import JSON
package import Postgres

/// Stores an alert.
package struct TellOperator: StoredCall {
    package let type: String
    package let data: JSON

    package init(_ type: String, _ data: JSON) {
        self.type = type
        self.data = data
    }

    package static let statement = Statement(name: "tell_operator", bytes: PackageResources.tell_operator_sql)

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
package struct GatherDeaths: StoredCall {
    package init() {}

    package static let statement = Statement(name: "gather_deaths", bytes: PackageResources.gather_deaths_sql)
}
