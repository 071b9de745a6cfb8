package import Postgres

/// Repairs rows that a concurrent transaction left behind: holds the deliveries of paused postbacks, makes due those of
/// resumed ones and those that no longer wait for anything, and moves deliveries to the present destination of their
/// postback.
package struct RepairOutbox: StoredCall {
    package init() {}

    package static let statement = Statement(name: "repair_outbox", bytes: PackageResources.repair_outbox_sql)
}

/// Cancels the deliveries that deleted postbacks still owe, and returns their number.
package struct CancelDeliveries: StoredCall {
    /// The only postback whose deliveries are cancelled; nil for those of every deleted postback.
    package let postbackID: Int?

    package init(of postbackID: Int? = nil) { self.postbackID = postbackID }

    package static let statement = Statement(name: "cancel_deliveries", bytes: PackageResources.cancel_deliveries_sql)

    package var arguments: Arguments { ["postback_id": .optional(postbackID)] }

    package func answer(_ rows: Rows) throws(PostgresError) -> Int {
        try rows.single().required("cancelled")
    }
}

/// Keeps the outbox small: removes the dead rows of claims and finished deliveries.
package struct VacuumOutbox: StoredCall {
    package init() {}

    package static let statement = Statement(name: "", text: "VACUUM (TRUNCATE off) outbox")

    /// Whether a call is the VACUUM, which must be alone in its transaction.
    package static func isCalled(by call: Call) -> Bool { call.statement.sql == statement.sql }
}
