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
            work.answers = nextAnswers
            groups.append([
                Outbox.complete(work.answers.map(\.line), orderHold: settings.orderHold, schedule: settings.schedule)
            ])
        }
        // Behind the answers, which are judged by what was known of their destination before; before what is claimed.
        work.marks = slots.takeMarks()
        if !work.marks.isEmpty { groups.append([Outbox.mark(work.marks, schedule: settings.schedule)]) }
        // What is answered is stored before more is claimed, so that it does not pile up here.
        if stopTime == nil, !areAnswersStuck, work.answers.count == answers.count {
            // Room that the answers in the same round trip make is used by the next one.
            work.shares = lineRoom.cut(shares(at: now), holding: heldLineBytes)
            if !work.shares.isEmpty {
                groups.append([
                    Outbox.claim(
                        work.shares, lease: settings.lease, orderHold: settings.orderHold, schedule: settings.schedule)
                ])
            }
            if let look = rhythm.look(now: now) {
                work.look = look
                groups.append([find(look, now: now)])
            }
        }
        if stopTime == nil, heartbeat.isDue(now: now) {
            work.isBeating = true
            groups.append([heartbeat.call(now: now)])
        }
        guard !groups.isEmpty, link.start(groups, now: now) else { return }
        unused = []
        answers.removeFirst(work.answers.count)
        self.work = work
    }

    private func find(_ look: Rhythm.Look, now: Int64) -> Call {
        switch look {
        case .part(let place): Outbox.findDestinations(behind: place, schedule: settings.schedule)
        case .known: Outbox.findDestinations(among: slots.floors(at: now), schedule: settings.schedule)
        }
    }

    /// While it is not known whether anything can be sent from here, one delivery at a time is claimed.
    private func shares(at now: Int64) -> [Outbox.Share] {
        switch health.room(at: now) {
        case .all: slots.shares(at: now)
        case .one where inFlight.isEmpty: slots.shares(at: now).prefix(1).map { $0.limited(to: 1) }
        case .one, .none: []
        }
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
        if !work.marks.isEmpty, let result = results.popFirst() { takeStandings(result, now: now) }
        if !work.shares.isEmpty, let result = results.popFirst() {
            takeClaims(result, of: work.shares, since: work.startTime, now: now)
        }
        if let look = work.look, let result = results.popFirst() {
            takeDestinations(result, of: look, since: work.startTime, now: now)
        }
        if work.isBeating, let result = results.popFirst() { takeBeat(result, now: now) }
    }

    /// A lease counts from `start` at the earliest. Of one that came late too little is left for the longest attempt and its
    /// answer: it goes back unused.
    private func takeClaims(
        _ result: Result<[Rows], PostgresError>, of shares: [Outbox.Share], since start: Int64, now: Int64
    ) {
        do throws(PostgresError) {
            guard let rows = try result.get().first else { return }
            let claims = Outbox.claims(rows)
            let buried = Outbox.burials(rows)
            lineRoom.claimed(claims)
            if !rows.isEmpty { rhythm.wake(now: now) }
            log.buried(buried, now: now)
            let taken = Outbox.takenIDs(rows)
            if !taken.isEmpty {
                logger.error(
                    "deliveries have ids of finished ones and get others before they are sent",
                    metadata: ["ids": "\(Outbox.list(of: taken))"])
                upkeep.renumber(taken)
            }
            let isLate = now - start > Poller.claimTime
            if isLate, !claims.isEmpty {
                logger.warning("claims came too late and go back", metadata: ["count": "\(claims.count)"])
            }
            if isLate || stopTime != nil {
                unused += claims.map { Outbox.Release($0) }
                slots.claimed([], buried: buried, of: shares, at: now)
            } else {
                slots.claimed(claims, buried: buried, of: shares, since: start, at: now)
                begin(now: now)
            }
        } catch {
            if error.isOfOneRow { upkeep.deferUnreadable(shares.map(\.destination)) }
            pause("the outbox cannot be read", error, now: now)
        }
    }

    private func takeDestinations(
        _ result: Result<[Rows], PostgresError>, of look: Rhythm.Look, since start: Int64, now: Int64
    ) {
        var reached: Outbox.Place?
        do throws(PostgresError) {
            if let rows = try result.get().first {
                slots.found(Outbox.destinations(rows), at: now)
                reached = Outbox.placeReached(rows)
            }
        } catch {
            pause("the outbox cannot be read", error, now: now)
        }
        rhythm.looked(look, reached: reached, started: start, now: now)
    }

    /// What cannot be stored of destinations is not asked again: it shows again in what they do next.
    private func takeStandings(_ result: Result<[Rows], PostgresError>, now: Int64) {
        do throws(PostgresError) {
            guard let rows = try result.get().first else { return }
            let standings = Outbox.standings(rows)
            unused += slots.marked(standings, at: now).map { Outbox.Release($0) }
            for standing in standings where standing.blockedMilliseconds > 0 {
                rhythm.expect(at: now + Int64(standing.blockedMilliseconds + 1) * 1_000_000)
                if standing.breaks { log.blocked(standing, now: now) }
            }
        } catch {
            pause("destinations cannot be marked", error, now: now)
        }
    }

    func take(_ result: Result<[Rows], PostgresError>, of taken: [Answer], now: Int64) {
        do throws(PostgresError) {
            guard let rows = try result.get().first else { return }
            areAnswersStuck = false
            let completion = Outbox.completion(rows)
            if completion.fenced > 0 {
                logger.warning(
                    "late answers of lost leases changed nothing", metadata: ["count": "\(completion.fenced)"])
            }
            log.completed(completion, now: now)
            if let dying = completion.dyingPostbacks { upkeep.pauseDying(dying) }
            if let paused = completion.pausedPostbacks { upkeep.hold(paused) }
        } catch {
            if error.isOfOneRow {
                // One of them is to blame: it must not cost the others anything.
                areAnswersStuck = false
                upkeep.completeSingly(taken)
                return
            }
            // Whether they were taken is not known; taken twice they change nothing.
            answers = taken + answers
            areAnswersStuck = true
            pause("answers cannot be stored", error, now: now)
        }
    }

    /// What failed is asked again, but not as fast as the loop turns.
    func pause(_ failure: String, _ error: PostgresError, now: Int64) {
        log.fails(failure, "\(error)", now: now)
        pauseEnd = now + 1_000_000_000
    }

    func giveUp(_ work: Work) {
        unused = work.released + unused
        answers = work.answers + answers
        areAnswersStuck = areAnswersStuck || !work.answers.isEmpty
        self.work = nil
    }
}

extension PostgresError {
    /// Whether a batch fails for one of its rows: a value that is refused, or a row that somebody else locks in another order.
    fileprivate var isOfOneRow: Bool {
        if case .rejected = kind { true } else { sqlState == "40P01" }
    }
}
