import Logging
import Postgres
import Store
import System

/// The round trips of the loop, one at a time: each stores answers and claims deliveries.
extension Poller {
    func startWork(now: Instant) {
        guard link.idleConnection != nil, now >= pauseEnd else { return }
        var work = Work(startTime: now)
        var trip = RoundTrip()
        if !leasesToRelease.isEmpty { work.release = trip.add(ReleaseDeliveries(leasesToRelease)) }
        if !answers.isEmpty {
            work.answers = nextAnswers
            slots.sendAnswers(of: work.answers.compactMap(\.destination))
            work.complete = trip.add(
                CompleteDeliveries(
                    work.answers.map(\.record), orderHold: settings.orderHold, schedule: settings.schedule))
        }
        // Marks come after the answers, which are judged by the destination's state before them, and before the claims.
        let marks = slots.takeMarks()
        if !marks.isEmpty { work.mark = trip.add(MarkDestinations(marks, schedule: settings.schedule)) }
        // The poller claims only in a round trip that stores all answers, so that answers do not accumulate here.
        if stopTime == nil, !areAnswersStuck, work.answers.count == answers.count {
            // The room that the answers in this round trip make is used by the next one.
            var shares = shares(at: now)
            if !shares.isEmpty { shares = lineRoom.cut(shares, holding: heldLineBytes) }
            if !shares.isEmpty {
                work.claim = trip.add(
                    ClaimDeliveries(
                        shares, lease: settings.lease, orderHold: settings.orderHold, schedule: settings.schedule))
            }
            if let look = rhythm.look(now: now) { work.look = (look, trip.add(call(for: look, now: now))) }
        }
        if stopTime == nil, heartbeat.isDue(now: now) { work.beat = trip.add(nextHeartbeat(now: now)) }
        guard !trip.isEmpty, link.start(trip, now: now) else {
            return slots.keepAnswers(of: work.answers.compactMap(\.destination))
        }
        leasesToRelease = []
        answers.removeFirst(work.answers.count)
        self.work = work
    }

    private func call(for look: Rhythm.Look, now: Instant) -> FindDueDestinations {
        switch look {
        case .part(let place): FindDueDestinations(behind: place, schedule: settings.schedule)
        case .known: FindDueDestinations(among: slots.floors(at: now), schedule: settings.schedule)
        }
    }

    /// The shares to claim. Only one delivery is claimed at a time while it is not known whether this poller can send
    /// at all.
    private func shares(at now: Instant) -> [Outbox.Share] {
        switch health.room(at: now) {
        case .all: slots.shares(at: now)
        case .one where inFlight.isEmpty: slots.shares(at: now).prefix(1).map { $0.limited(to: 1) }
        case .one, .none: []
        }
    }

    /// Takes the answers to the calls of the round trip, in the order in which they were sent.
    func handle(_ answers: RoundTrip.Answers, now: Instant) {
        guard let work else { return }
        self.work = nil
        if let release = work.release { handle(release, of: answers, now: now) }
        if let complete = work.complete { handle(complete, of: answers, storing: work.answers, now: now) }
        if let mark = work.mark { handle(mark, of: answers, now: now) }
        if let claim = work.claim { handle(claim, of: answers, since: work.startTime, now: now) }
        if let look = work.look { handle(look.ticket, of: answers, look.kind, since: work.startTime, now: now) }
        if let beat = work.beat { handle(beat, of: answers, now: now) }
    }

    private func handle(_ release: RoundTrip.Ticket<ReleaseDeliveries>, of answers: RoundTrip.Answers, now: Instant) {
        do throws(PostgresError) {
            try answers(release)
        } catch {
            leasesToRelease += release.stored.leases
            pause("leases cannot be released", error, now: now)
        }
    }

    /// Takes the claimed deliveries. The leases began at or after `start`. If the claim took longer than `claimTime`,
    /// too little of the lease is left for the longest attempt and its answer: the leases are released leasesToRelease.
    private func handle(
        _ claim: RoundTrip.Ticket<ClaimDeliveries>, of answers: RoundTrip.Answers, since start: Instant, now: Instant
    ) {
        let shares = claim.stored.shares
        do throws(PostgresError) {
            let answer = try answers(claim)
            let claims = answer.claims
            log.claimed(claims.count)
            lineRoom.claimed(claims)
            if !answer.isEmpty { rhythm.wake(now: now) }
            log.ended(answer.ended, now: now)
            releaseUnreadable(answer.unreadable, now: now)
            renumber(answer.takenIDs)
            let isLate = now - start > Poller.claimTime
            if isLate, !claims.isEmpty {
                logger.warning("claims came too late and are released", metadata: ["count": "\(claims.count)"])
            }
            if isLate || stopTime != nil {
                leasesToRelease += claims.map { Outbox.Release($0) }
                slots.claimed([], ended: answer.ended, of: shares, at: now)
            } else {
                slots.claimed(claims, ended: answer.ended, of: shares, since: start, at: now)
                begin(now: now)
            }
        } catch {
            if error.isOfOneRow { upkeep.deferUnreadable(shares.map(\.destination)) }
            pause("the outbox cannot be read", error, now: now)
        }
    }

    /// Releases leased rows that cannot be read and puts them off by an hour, like rows that the database itself cannot
    /// read. Otherwise their leases would run out, each as an attempt that may have been sent, until the delivery is
    /// dead.
    private func releaseUnreadable(_ claims: [Outbox.UnreadableClaim], now: Instant) {
        for claim in claims { log.unreadable(claim, now: now) }
        leasesToRelease += claims.compactMap { Outbox.Release($0, after: DeferUnreadable.wait) }
    }

    private func renumber(_ taken: [Int]) {
        guard !taken.isEmpty else { return }
        let ids = taken.sorted().map { String($0) }.joined(separator: ",")
        logger.error(
            "deliveries have the ids of finished deliveries and get new ids before they are sent",
            metadata: ["ids": "{\(ids)}"])
        upkeep.renumber(taken)
    }

    private func handle(
        _ ticket: RoundTrip.Ticket<FindDueDestinations>, of answers: RoundTrip.Answers, _ look: Rhythm.Look,
        since start: Instant, now: Instant
    ) {
        let reached = handle(Result { () throws(PostgresError) in try answers(ticket) }, now: now)
        rhythm.looked(look, reached: reached, started: start, now: now)
    }

    /// Takes the answer to a look.
    /// - Returns: the place where the next look through the outbox starts.
    private func handle(_ answer: Result<FindDueDestinations.Answer, PostgresError>, now: Instant) -> Outbox.Place? {
        do throws(PostgresError) {
            let answer = try answer.get()
            slots.found(answer.destinations, at: now)
            if let fault = answer.fault { log.fails("a destination cannot be read", "\(fault)", now: now) }
            return answer.reached
        } catch {
            pause("the outbox cannot be read", error, now: now)
            return nil
        }
    }

    /// Looks through the outbox on a connection of its own while that is slow.
    func searchApart(now: Instant) {
        switch search.advance(now: now) {
        case .found(let answer, let startTime):
            rhythm.lookedApart(reached: handle(answer, now: now), started: startTime, now: now)
        case .lost: rhythm.giveUpLooksApart()
        case nil: break
        }
        guard stopTime == nil, now >= pauseEnd, now >= rhythm.nextLookApart else { return }
        switch search.readiness(now: now) {
        case .ready:
            guard let place = rhythm.startLookApart(now: now) else { return }
            if !search.start(behind: place, now: now) { rhythm.giveUpLooksApart() }
        case .connecting: break
        case .unavailable: rhythm.giveUpLooksApart()
        }
    }

    /// Takes the answer to the marks. Marks that could not be stored are dropped, because the next requests to the
    /// destination lead to the same marks.
    private func handle(_ mark: RoundTrip.Ticket<MarkDestinations>, of answers: RoundTrip.Answers, now: Instant) {
        do throws(PostgresError) {
            let answer = try answers(mark)
            leasesToRelease += slots.marked(answer.statuses, at: now).map { Outbox.Release($0) }
            for status in answer.statuses where status.blocked > .zero {
                rhythm.expect(at: now + status.blocked + .milliseconds(1))
                if status.breaks { log.blocked(status, now: now) }
            }
            if let fault = answer.fault { log.fails("a destination cannot be read", "\(fault)", now: now) }
        } catch {
            pause("destinations cannot be marked", error, now: now)
        }
    }

    private func handle(
        _ complete: RoundTrip.Ticket<CompleteDeliveries>, of answers: RoundTrip.Answers, storing taken: [Answer],
        now: Instant
    ) {
        do throws(PostgresError) {
            let completion = try answers(complete)
            areAnswersStuck = false
            if completion.fenced > 0 {
                logger.warning(
                    "late answers of lost leases were ignored", metadata: ["count": "\(completion.fenced)"])
            }
            log.completed(completion, now: now)
            if !completion.postbacksToCheck.isEmpty { upkeep.pauseDying(completion.postbacksToCheck) }
            if !completion.pausedPostbacks.isEmpty { upkeep.hold(completion.pausedPostbacks) }
        } catch  where error.kind == .unreadable {
            // The answers are stored, and only the result of the statement is unreadable. Storing them again would
            // change nothing. The next round of upkeep holds what paused postbacks owe, and the next dead delivery
            // reports a postback that is dying.
            areAnswersStuck = false
            log.fails(PollerLog.unreadableCompletion, "\(error)", now: now)
        } catch  where error.isOfOneRow {
            // One of the answers caused the error. Each answer is stored by itself, so that the others are not
            // affected.
            areAnswersStuck = false
            upkeep.completeSingly(taken)
        } catch {
            // It is not known whether they were stored. Storing them twice changes nothing.
            takeBack(taken)
            pause("answers cannot be stored", error, now: now)
        }
    }

    /// Puts answers back that may not have been stored.
    private func takeBack(_ taken: [Answer]) {
        slots.keepAnswers(of: taken.compactMap(\.destination))
        answers = taken + answers
        areAnswersStuck = areAnswersStuck || !taken.isEmpty
    }

    /// Sends nothing to the database for a second after a failure.
    func pause(_ failure: String, _ error: PostgresError, now: Instant) {
        log.fails(failure, "\(error)", now: now)
        pauseEnd = now + .seconds(1)
    }

    func giveUp(_ work: Work) {
        leasesToRelease = work.released + leasesToRelease
        takeBack(work.answers)
        self.work = nil
    }
}

extension PostgresError {
    /// Whether one row makes the batch fail: its value was rejected, or it was part of a deadlock (40P01).
    fileprivate var isOfOneRow: Bool {
        if case .rejected = kind { true } else { sqlState == "40P01" }
    }
}

/// Limits in bytes for what a poller holds: claimed lines, and the answers that one statement stores.
extension Poller {
    /// Bytes of the claimed lines that have not been written to the delivery process.
    var heldLineBytes: Int { process.unwrittenBytes + slots.waitingBytes }

    /// The oldest answers, as many as fit into one statement.
    var nextAnswers: [Answer] { answers.prefix(withinBytes: Poller.statementBytes, \.line.count) }

    /// The most bytes of answers in one statement. A single answer may be larger.
    static let statementBytes = 4 << 20
}

extension Array {
    /// The longest prefix whose elements have at most `limit` bytes together; at least one element if there is one.
    func prefix(withinBytes limit: Int, _ bytes: (Element) -> Int) -> [Element] {
        var sum = 0
        let end = firstIndex { element in
            sum += bytes(element)
            return sum > limit
        }
        return Array(self[..<Swift.min(count, Swift.max(end ?? count, 1))])
    }
}
