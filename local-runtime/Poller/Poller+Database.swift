import Logging
import Postgres
import Store

/// One pipeline at a time: what was answered goes out, what may start comes in.
extension Poller {
    func startWork(now: Int64) {
        guard link.idleConnection != nil, now >= pauseEnd else { return }
        var work = Work(startTime: now)
        var groups: [[Call]] = []
        if !unused.isEmpty {
            work.released = unused
            groups.append([Outbox.release(unused)])
        }
        if !answers.isEmpty {
            work.answers = answers
            groups.append([Outbox.complete(answers.map(\.line), orderHold: settings.orderHold)])
        }
        if stopTime == nil, slots.hasRoom {
            if slots.hasDue(at: now) {
                // Room that the answers in the same round trip make is used by the next one.
                work.shares = slots.shares(at: now)
                groups.append([Outbox.claim(work.shares, lease: settings.lease, orderHold: settings.orderHold)])
            } else if rhythm.isTimeToLook(now: now) {
                work.isFinding = true
                groups.append([Outbox.findDestinations])
            }
        }
        guard !groups.isEmpty, link.start(groups, now: now) else { return }
        unused = []
        answers = []
        self.work = work
    }

    func take(_ results: [Result<[Rows], PostgresError>], now: Int64) {
        guard let work else { return }
        self.work = nil
        var results = results[...]
        if !work.released.isEmpty, case .failure(let error)? = results.popFirst() {
            unused += work.released
            pause("leases cannot be given back", error, now: now)
        }
        if !work.answers.isEmpty, let result = results.popFirst() { take(result, of: work.answers, now: now) }
        guard let result = results.popFirst() else { return }
        do throws(PostgresError) {
            guard let rows = try result.get().first else { return }
            if work.isFinding {
                let found = Outbox.destinations(rows)
                slots.found(found, at: now)
                rhythm.looked(found: !found.isEmpty, started: work.startTime, now: now)
            } else {
                let claims = Outbox.claims(rows)
                if !claims.isEmpty { rhythm.wake(now: now) }
                if stopTime == nil {
                    begin(slots.claimed(claims, of: work.shares, at: now))
                } else {
                    unused += claims
                }
            }
        } catch {
            pause("the outbox cannot be read", error, now: now)
            rhythm.looked(found: false, started: work.startTime, now: now)
        }
    }

    func take(_ result: Result<[Rows], PostgresError>, of taken: [Answer], now: Int64) {
        do throws(PostgresError) {
            guard let rows = try result.get().first else { return }
            let completion = Outbox.completion(rows)
            if completion.fenced > 0 {
                logger.warning(
                    "late answers of lost leases changed nothing", metadata: ["count": "\(completion.fenced)"])
            }
            if completion.dead > 0 { logger.warning("deliveries are dead", metadata: ["count": "\(completion.dead)"]) }
            if let dying = completion.dyingPostbacks { upkeep.pauseDying(dying) }
            if let paused = completion.pausedPostbacks {
                logger.notice("postbacks were paused", metadata: ["postbacks": "\(paused)"])
                upkeep.hold(paused)
            }
        } catch {
            if case .rejected = error.kind {
                // One of them is to blame: it must not cost the others anything.
                upkeep.completeSingly(taken)
                return
            }
            // Whether they were taken is not known; taken twice they change nothing.
            answers = taken + answers
            pause("answers cannot be stored", error, now: now)
        }
    }

    /// What failed is asked again, but not as fast as the loop turns.
    func pause(_ failure: Logger.Message, _ error: PostgresError, now: Int64) {
        logger.error(failure, metadata: ["reason": "\(error)"])
        pauseEnd = now + 1_000_000_000
    }

    func giveUp(_ work: Work) {
        unused = work.released + unused
        answers = work.answers + answers
        self.work = nil
    }
}
