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
        guard let postback = try database.run(FindPostback(postbackID: postbackID)), !postback.isDeleted else {
            throw .unknownPostback(postbackID)
        }
        guard postback.isActive else {
            throw .conflict("postbackId", "the postback \(postbackID) is not active; updatePostback turns it on")
        }
        var trip = RoundTrip()
        trip.begin(planned: .automatic)
        trip.append(LockBackfill(postbackID: postbackID))
        let backfill = trip.append(
            BackfillPostback(
                postbackID: postbackID, since: since, until: until, after: after, includesSilent: includesSilent,
                isDryRun: isDryRun))
        if !isDryRun { wakeup.add(to: &trip) }
        return try database.run(trip).answer(backfill)
    }
}
