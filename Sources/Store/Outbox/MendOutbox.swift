package import Postgres

/// Repairs rows that a concurrent transaction left behind: holds the deliveries of paused postbacks, makes due those of
/// resumed ones and those that no longer wait for anything, and moves deliveries to the present destination of their
/// postback.
package struct MendOutbox: StoredCall {
    package init() {}

    package static let statement = Statement(name: "mend_outbox", bytes: PackageResources.mend_outbox_sql)
}

/// Cancels the deliveries that deleted postbacks still owe.
package struct CancelDeliveries: StoredCall {
    package init() {}

    package static let statement = Statement(name: "cancel_deliveries", bytes: PackageResources.cancel_deliveries_sql)
}

/// Keeps the outbox small: removes the dead rows of claims and finished deliveries.
package struct VacuumOutbox: StoredCall {
    package init() {}

    package static let statement = Statement(name: "", text: "VACUUM (TRUNCATE off) outbox")

    /// Whether a call is this one, which must be alone in its transaction.
    package static func isCalled(by call: Call) -> Bool { call.statement.sql == statement.sql }
}
