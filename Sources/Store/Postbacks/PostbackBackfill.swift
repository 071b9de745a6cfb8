package import FunctionRuntime
import JSON
package import Postbacks
import Postgres

/// Owes past events to a postback that was made later.
package final class PostbackBackfill {
    private let database: Database
    private var wakeup = Wakeup()

    package init(_ database: Database) {
        self.database = database
    }

    /// Owes the events from `since` and before `until` that match the postback and that it was never owed, in their order.
    /// - Parameters:
    ///   - after: where the call before has ended.
    ///   - includesSilent: whether it owes what was recorded silently too (R16).
    /// - Throws: `not_found` for a postback that is not there, `conflict` for one that is not active.
    package func backfill(
        _ postbackID: Int, since: Timestamp, until: Timestamp?, after: String, includesSilent: Bool, isDryRun: Bool
    ) throws(FunctionError) -> OwedAgain {
        guard let postback = try database.run(.findPostback, [.int(postbackID)]).first,
            postback.bool("deleted") == false
        else { throw .unknownPostback(postbackID) }
        guard postback.bool("active") == true else {
            throw .conflict("postbackId", "the postback \(postbackID) is not active; updatePostback turns it on")
        }
        // Two of them at once for one postback would both owe what neither sees the other owe.
        let lock = Call(
            Statement(name: "", sql: "SELECT pg_advisory_xact_lock(hashtext('postbacks.backfill'), $1::int)"),
            [.int(postbackID % Int(Int32.max))])
        let backfill = Call(
            .backfillPostback,
            [
                .int(postbackID), .text(since.description), .optional(until?.description), .text(after),
                .int(DeliveryResender.limit), .bool(isDryRun), .bool(includesSilent),
            ])
        let results = try database.run([[.plan(.automatic), lock, backfill]] + (isDryRun ? [] : wakeup.groups()))
        return OwedAgain(results[0][2].first)
    }
}
