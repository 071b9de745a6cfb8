import Logging
import Postgres
import Store
import System

/// The heartbeat of a poller, its stop, and the report of what it leaves behind.
extension Poller {
    /// How many answers are not stored yet, and how many leasesToRelease leases are not released yet.
    private var unstored: (answers: Int, leases: Int) {
        (answers.count + (work?.answers.count ?? 0), leasesToRelease.count + (work?.released.count ?? 0))
    }

    /// The heartbeat with everything that was counted until now.
    func nextHeartbeat(now: Instant) -> RecordHeartbeat {
        var counts = log.counts
        counts.inFlight = inFlight.count
        return heartbeat.call(counts, log.metrics.beat(), now: now)
    }

    func handle(_ beat: RoundTrip.Ticket<RecordHeartbeat>, of answers: RoundTrip.Answers, now: Instant) {
        do throws(PostgresError) {
            try answers(beat)
            log.metrics.beatIsStored()
            heartbeat.ended(isStored: true, now: now)
        } catch {
            // It is still due: the next connection begins with a heartbeat.
            if error.isRetryable { return }
            heartbeat.ended(isStored: false, now: now)
            logger.warning(
                "the heartbeat of this poller cannot be stored; doctor may report that it does not run",
                metadata: ["reason": "\(error)"])
        }
    }

    /// Logs that the poller stops, and what its end waits for while the database is away.
    func reportStop() {
        var metadata: Logger.Metadata = ["inFlight": "\(inFlight.count)"]
        guard !link.isUp else {
            return logger.info("stopping: waiting for the requests in flight", metadata: metadata)
        }
        metadata["unstored"] = "\(unstored.answers)"
        metadata["seconds"] = "\(settings.stopDeadline.seconds)"
        logger.notice(
            "stopping without a database: waiting for the requests in flight, and for the database to store the answers",
            metadata: metadata)
    }

    /// Stores what was counted and deletes the poller's row, if the database answers within two seconds. Otherwise others
    /// see that its heartbeats have ended.
    func leave() {
        var trip = RoundTrip()
        _ = trip.add(nextHeartbeat(now: Instant.now))
        _ = trip.add(RemoveHeartbeat(heartbeat.id))
        guard link.start(trip, now: Instant.now) else { return }
        let end = Instant.now + .seconds(2)
        while link.isUp, link.answers(now: .now) == nil {
            let left = end.remaining
            guard left > .zero else { return }
            _ = try? wait(for: link.interests, atMost: left)
        }
    }

    func reportEnd() {
        let unstored = unstored
        let metadata: Logger.Metadata = [
            "unanswered": "\(inFlight.count)", "unstored": "\(unstored.answers)", "unused": "\(unstored.leases)",
        ]
        guard inFlight.count + unstored.answers + unstored.leases > 0 else {
            return logger.info("poller stopped", metadata: metadata)
        }
        logger.warning(
            "poller stopped; requests without a stored answer are sent again when their leases have run out, and leased deliveries that were not sent wait for that",
            metadata: metadata)
    }
}
