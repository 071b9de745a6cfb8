package import Postgres

/// Repairs rows that a concurrent transaction left behind: holds what paused postbacks owe, makes due what resumed ones hold and
/// what waits for nothing any more, and moves what goes elsewhere by now.
package struct MendOutbox: StoredCall {
    package init() {}

    package static let statement = Statement(name: "mend_outbox", bytes: PackageResources.mend_outbox_sql)
}

/// Cancels what deleted postbacks owe.
package struct CancelDeliveries: StoredCall {
    package init() {}

    package static let statement = Statement(name: "cancel_deliveries", bytes: PackageResources.cancel_deliveries_sql)
}

/// Keeps the outbox small: removes the dead rows of what was claimed and finished.
package struct VacuumOutbox: StoredCall {
    package init() {}

    package static let statement = Statement(name: "", text: "VACUUM (TRUNCATE off) outbox")

    /// Whether it is this call, which must have no other beside it in its transaction.
    package static func isCalled(by call: Call) -> Bool { call.statement.sql == statement.sql }
}
