import Domain
import JSON
import Postgres

/// Names the given deliveries that do not exist, as a list for people; nil if all exist.
struct FindUnresendable: StoredCall {
    let deliveryIDs: [Int]

    static let statement = Statement(name: "find_unresendable", bytes: PackageResources.find_unresendable_sql)

    var arguments: Arguments { ["delivery_ids": .integers(deliveryIDs)] }

    func answer(_ rows: Rows) throws(PostgresError) -> String? { try rows.single().optional("unknown") }
}

/// Enqueues finished deliveries again.
struct ResendDeliveries: StoredCall {
    let request: ResendRequest

    static let statement = Statement(name: "resend_deliveries", bytes: PackageResources.resend_deliveries_sql)

    var arguments: Arguments {
        let ids: [Int]?
        let filter: DeliveryFilter
        switch request.subject {
        case .deliveries(let list): (ids, filter) = (list, .none)
        case .filter(let given): (ids, filter) = (nil, given)
        }
        return [
            "delivery_ids": ids.map(Parameter.integers) ?? .null, "since": .optional(filter.since?.description),
            "until": .optional(filter.until?.description), "forced": .bool(request.isForced),
            "after_id": .text(request.after), "limit": .int(DeliveryResender.limit),
            "dry_run": .bool(request.isDryRun),
        ] + filter.arguments
    }

    func answer(_ rows: Rows) throws(PostgresError) -> Resent {
        let row = try rows.single()
        let leftOut: String? = try row.optional("left_out")
        return Resent(
            owed: try OwedAgain(row), madeDue: try row.required("made_due"),
            leftOut: leftOut.map(JSON.encoded) ?? [:])
    }
}
