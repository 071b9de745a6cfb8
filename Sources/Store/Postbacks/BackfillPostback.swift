import Domain
import Postgres

/// Serialises the backfills of one postback: two concurrent ones would enqueue the same events, because neither sees
/// the other's rows.
struct LockBackfill: StoredCall {
    let postbackID: Int

    static let statement = Statement(name: "lock_backfill", bytes: PackageResources.lock_backfill_sql)

    var arguments: Arguments { ["lock": .int(postbackID % Int(Int32.max))] }
}

/// Enqueues deliveries of past events for a postback.
struct BackfillPostback: StoredCall {
    let postbackID: Int
    let since: Timestamp
    let until: Timestamp?
    /// The id of the event behind which it begins.
    let after: String
    let includesSilent: Bool
    let isDryRun: Bool

    static let statement = Statement(name: "backfill_postback", bytes: PackageResources.backfill_postback_sql)

    var arguments: Arguments {
        [
            "postback_id": .int(postbackID), "since": .text(since.description), "include_silent": .bool(includesSilent),
            "until": .optional(until?.description), "after_id": .text(after), "limit": .int(DeliveryResender.limit),
            "dry_run": .bool(isDryRun),
        ]
    }

    func answer(_ rows: Rows) throws(PostgresError) -> OwedAgain { try OwedAgain(try rows.single()) }
}
