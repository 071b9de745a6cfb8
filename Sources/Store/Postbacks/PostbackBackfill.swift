package import Domain
package import FunctionRuntime
import JSON
import Postgres

/// Enqueues deliveries of past events for a postback that was created later.
package final class PostbackBackfill {
    private let database: Database
    private var wakeup = Wakeup()

    package init(_ database: Database) {
        self.database = database
    }

    /// Enqueues deliveries of the matching events from `since` and before `until` for which the postback has none yet,
    /// in the order of the events. `after` is the cursor with which the previous call ended. `includesSilent` says
    /// whether to include events that were recorded silently (R16). Throws `not_found` for a postback that does not
    /// exist, `conflict` for one that is not active.
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
