package import Logging
package import POSIX
import Postgres
import Store

/// The pump between the outbox and the delivery function. It decides how much, not what: PostgreSQL builds each line, the
/// warm deliverPostback answers it, and PostgreSQL takes the answers, many at a time. One loop, one thread; nothing in it waits
/// but `wait`.
package final class Poller {
    private let settings: PollerSettings
    private let logger: Logger
    private let signals: SignalDescriptor
    private let link: DatabaseLink
    private let process: DeliveryProcess
    private let upkeep: Upkeep
    private var slots: DestinationSlots
    private var rhythm = Rhythm()

    /// What is in flight, by the id of its line.
    private var inFlight: [String: Flight] = [:]
    /// Answers that the database has not taken yet.
    private var answers: [Answer] = []
    private var work: Work?
    private var unused: [Outbox.Claim] = []
    private var stopTime: Int64?
    /// Nothing is asked of the database before, because it has just refused something that is asked again.
    private var pauseEnd: Int64 = 0

    private struct Flight {
        let claim: Outbox.Claim
        let leaseEnd: Int64
    }

    /// What has been started on the database.
    private struct Work {
        var answers: [Answer] = []
        var released: [Outbox.Claim] = []
        var isFinding = false
        var shares: [Outbox.Share] = []
        let startTime: Int64
    }

    /// - Parameters:
    ///   - program: the deliverPostback executable.
    ///   - environment: the variables that it gets.
    ///   - signals: SIGTERM and SIGINT end the poller in good order; a second one ends it at once.
    package init(
        _ settings: PollerSettings, program: String, environment: [String: String], signals: SignalDescriptor,
        logger: Logger
    ) {
        self.settings = settings
        self.logger = logger
        self.signals = signals
        link = DatabaseLink(
            settings.connectionString, applicationName: "postbacks poller", sessionStatements: Outbox.sessionStatements,
            logger: logger)
        upkeep = Upkeep(settings, logger: logger)
        process = DeliveryProcess(program: program, environment: environment, logger: logger)
        slots = DestinationSlots(total: settings.concurrency, perDestination: settings.destinationConcurrency)
    }

    /// Runs until it is told to stop and what was in flight has ended.
    /// - Parameter beforeEachTurn: is asked whether to go on; a caller that watches something else says so here.
    package func run(whileTrue mayGoOn: () -> Bool = { true }) throws(SystemError) {
        logger.info("poller started")
        while true {
            let now = Clock.monotonicNanoseconds
            if !mayGoOn() { stop(now: now) }
            turn(now: now)
            if isDone(now: now) { break }
            var interests: [Interest] = [.read(signals.descriptor)]
            interests += link.interests + process.interests + upkeep.interests
            _ = try wait(for: interests, milliseconds: milliseconds(now: Clock.monotonicNanoseconds))
            for _ in try signals.take() { stop(now: now) }
        }
        logger.info("poller stopped", metadata: ["unanswered": "\(inFlight.count)"])
    }

    private func turn(now: Int64) {
        if link.advance(now: now) { rhythm.wake(now: now) }
        if link.takeNotifications() { rhythm.wake(now: now) }
        if work != nil, let results = link.results(now: now) { take(results, now: now) }
        if !link.isUp, let work { giveUp(work) }

        let turn = process.advance(now: now)
        for line in turn.lines { take(line, now: now) }
        if turn.hasEnded { loseWhatWasSent(now: now) }
        unused += slots.overdue(at: now)
        endLeases(now: now)

        if work == nil { startWork(now: now) }
        upkeep.advance(now: now, isStopping: stopTime != nil)
    }

    // MARK: The database

    private func startWork(now: Int64) {
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

    private func take(_ results: [Result<[Rows], PostgresError>], now: Int64) {
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

    private func take(_ result: Result<[Rows], PostgresError>, of taken: [Answer], now: Int64) {
        do throws(PostgresError) {
            guard let rows = try result.get().first else { return }
            let completion = Outbox.completion(rows)
            if completion.fenced > 0 {
                logger.warning(
                    "late answers of lost leases changed nothing", metadata: ["count": "\(completion.fenced)"])
            }
            if completion.dead > 0 { logger.warning("deliveries are dead", metadata: ["count": "\(completion.dead)"]) }
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
    private func pause(_ failure: Logger.Message, _ error: PostgresError, now: Int64) {
        logger.error(failure, metadata: ["reason": "\(error)"])
        pauseEnd = now + 1_000_000_000
    }

    private func giveUp(_ work: Work) {
        unused = work.released + unused
        answers = work.answers + answers
        self.work = nil
    }

    // MARK: The delivery process

    private func begin(_ started: [DestinationSlots.Waiting]) {
        for start in started {
            let leaseEnd = start.claimedAt + Int64(settings.lease * 1e9)
            inFlight[start.claim.id] = Flight(claim: start.claim, leaseEnd: leaseEnd)
        }
        process.feed(started.map(\.claim))
    }

    private func take(_ line: [UInt8], now: Int64) {
        guard let answer = Answer(line), let flight = inFlight.removeValue(forKey: answer.id) else {
            logger.error("the delivery process wrote a line that answers nothing", metadata: ["bytes": "\(line.count)"])
            return
        }
        if let next = slots.ended(flight.claim.destination, at: now) { begin([next]) }
        answers.append(answer)
    }

    /// A process that lets leases run out is stuck. What it was never given goes back: it belongs to whoever claims it next.
    private func endLeases(now: Int64) {
        let ended = Set(inFlight.lazy.filter { $0.value.leaseEnd < now }.map(\.key))
        guard !ended.isEmpty else { return }
        process.kill("no answer within the lease")
        let unsent = process.takeBack(ended)
        for claim in unsent where inFlight.removeValue(forKey: claim.id) != nil {
            if let next = slots.ended(claim.destination, at: now) { begin([next]) }
        }
        unused += unsent
    }

    private func loseWhatWasSent(now: Int64) {
        let unsent = Set(process.unsent.map(\.id))
        for (id, flight) in inFlight where !unsent.contains(id) {
            inFlight[id] = nil
            if let next = slots.ended(flight.claim.destination, at: now) { begin([next]) }
            answers.append(.lost(flight.claim, attemptLimit: settings.attemptLimit))
        }
    }

    // MARK: Stopping

    private func stop(now: Int64) {
        guard stopTime == nil else {
            if now > (stopTime ?? now) { stopTime = .min }
            return
        }
        logger.info("stopping: waiting for what is in flight", metadata: ["inFlight": "\(inFlight.count)"])
        stopTime = now
        let unsent = process.close()
        for claim in unsent where inFlight.removeValue(forKey: claim.id) != nil { slots.withdrawn(claim.destination) }
        unused += unsent + slots.overdue(at: .max)
    }

    private func isDone(now: Int64) -> Bool {
        guard let stopTime else { return false }
        if stopTime == .min || now - stopTime > Int64(settings.stopDeadline * 1e9) {
            process.kill("it did not finish in time")
            return true
        }
        return inFlight.isEmpty && answers.isEmpty && unused.isEmpty && work == nil && !upkeep.isUrgent
    }

    private func milliseconds(now: Int64) -> Int {
        var times = [now + 1_000_000_000]
        if let time = link.wakeTime(now: now) { times.append(time) }
        if let time = process.wakeTime { times.append(time) }
        if now < pauseEnd {
            times.append(pauseEnd)
            return milliseconds(until: times, now: now)
        }
        if link.idleConnection != nil, stopTime == nil, slots.hasRoom {
            times.append(slots.hasDue(at: now) ? now : rhythm.nextLook)
        }
        if link.idleConnection != nil, !answers.isEmpty || !unused.isEmpty { times.append(now) }
        return milliseconds(until: times, now: now)
    }

    private func milliseconds(until times: [Int64], now: Int64) -> Int {
        let wait = (times.min() ?? now) - now
        return Int(max(0, (wait + 999_999) / 1_000_000))
    }
}
