import Domain
import Logging
import Secrets
import Store
import System

/// The requests that are in flight in the delivery process.
extension Poller {
    /// Hands the claims that may start now to the delivery process.
    func begin(now: Instant) {
        switch health.room(at: now) {
        case .none: return
        case .one where !inFlight.isEmpty: return
        case .one, .all: break
        }
        let started = slots.starting(at: now)
        for start in started {
            let leaseEnd = start.leasedAt + settings.lease
            inFlight[start.claim.id] = Flight(
                claim: start.claim.withoutLine, start: now, leaseEnd: leaseEnd,
                keys: EncryptionKeys.ids(inJSON: start.claim.line))
        }
        process.feed(started.map(\.claim))
    }

    /// Lets a program that has taken the place of the delivery process's take over.
    func handOver() {
        let unsent = Set(process.unsent.map(\.id)).union(process.formerIDs)
        process.handOver(keeping: Set(inFlight.keys).subtracting(unsent))
    }

    /// Handles a line. `isOfFormer` says that a process has written it whose program has been replaced.
    func handle(_ bytes: [UInt8], isOfFormer: Bool = false, now: Instant) {
        guard let line = DeliveryLine(bytes), let flight = inFlight.removeValue(forKey: line.id) else {
            log.stray(bytes: bytes.count, now: now)
            return
        }
        switch line {
        case .attempt(let answer) where answer.isOfSecret && keyDoubts.mayBeWrong(flight.keys):
            let message =
                "a secret cannot be opened; no secret was opened with this key so far, so POSTBACKS_ENCRYPTION_KEY may have a different key with the same id"
            handle(
                DeliveryLine.Complaint(code: "misconfigured", message: message, isOfKey: true), of: flight.claim,
                now: now)
            slots.ended(flight.claim, start: flight.start, .inconclusive, at: now)
        case .attempt(let answer):
            if !isOfFormer { process.noteAnswer() }
            // A conclusive reaction shows that the request was rendered, so all its secrets were opened.
            if answer.reaction != .inconclusive { keyDoubts.trust(flight.keys) }
            if health.answered() {
                heartbeat.problem = nil
                logger.notice("deliveries can be sent from here again")
            }
            log.attempted(flight.claim, answer, start: flight.start, now: now)
            keep(answer, of: flight.claim)
            slots.ended(flight.claim, start: flight.start, answer.reaction, at: now)
        case .refusal(let id, let message):
            // If the process has answered other lines, the fault is in this line. If it has answered none, it probably
            // is of another version.
            if isOfFormer || process.hasAnswered {
                keep(DeliveryLine.refused(id, message), of: flight.claim)
            } else {
                handle(DeliveryLine.Complaint(code: "misconfigured", message: message), of: flight.claim, now: now)
            }
            slots.ended(flight.claim, start: flight.start, .inconclusive, at: now)
        case .complaint(_, let complaint):
            handle(complaint, of: flight.claim, now: now)
            slots.ended(flight.claim, start: flight.start, .inconclusive, at: now)
        }
    }

    /// Keeps an answer until the database stores it, and counts its attempt. To be called before the slots learn that the
    /// request has ended.
    private func keep(_ answer: Answer, of claim: Outbox.Claim) {
        log.metrics.attempted(answer.facts)
        slots.keepAnswers(of: [claim.destination])
        answers.append(answer.to(claim.destination))
    }

    private func handle(_ complaint: DeliveryLine.Complaint, of claim: Outbox.Claim, now: Instant) {
        // Each lease that charged no attempt is one that failed on the sender's side.
        let wait = complaint.wait(afterFailures: max(claim.leaseNumber - claim.attempt, 0))
        if complaint.mayHaveBeenSent {
            keep(.unanswered(claim, wait: wait, message: complaint.message), of: claim)
        } else {
            leasesToRelease.append(Outbox.Release(claim, after: wait))
        }
        if let reason = complaint.platformFailure {
            log.metrics.platformFailed(reason)
            log.fails("the platform that runs deliverPostback fails", complaint.message, now: now)
        }
        logger.debug(
            "an attempt could not be made here",
            metadata: ["delivery": "\(claim.delivery)", "code": "\(complaint.code)"])
        if complaint.isOfKey {
            // Deliveries that need no key, or another one, can still be sent. So the poller does not rest.
            heartbeat.lacksKey(complaint.message, now: now)
            log.fails(
                "deliveries that need a missing key cannot be sent from here and wait", complaint.message, now: now)
        } else if let time = health.complained(at: now) {
            pauseClaims("the delivery function says: \(complaint.message)", for: time)
        }
    }

    /// Claims nothing for a while and releases the waiting claims, because of a fault on this side. It is charged to no
    /// delivery.
    private func pauseClaims(_ reason: String, for time: Duration) {
        heartbeat.problem = reason
        logger.error(
            "this poller cannot send and claims nothing for a while; run postbacks doctor for the cause",
            metadata: ["reason": "\(reason)", "seconds": "\(time.seconds)"])
        leasesToRelease += slots.overdue(at: .distantFuture).map { Outbox.Release($0) }
    }

    /// Kills the delivery process if a lease has run out while it had the line: it is stuck. Claims that were never
    /// written to it are released. It looks ten times a second at the most, because it goes through all that is in flight;
    /// a lease is at least ten seconds longer than an attempt.
    func endLeases(now: Instant) {
        guard now >= nextLeaseCheck else { return }
        nextLeaseCheck = now + .milliseconds(100)
        let ended = Set(inFlight.lazy.filter { $0.value.leaseEnd < now }.map(\.key))
        guard !ended.isEmpty else { return }
        process.kill(having: ended, "no answer within the lease")
        releaseUnsent(process.takeBack(ended), now: now)
    }

    /// Releases claims of which no byte was written to the process. They were never in flight.
    func releaseUnsent(_ unsent: [Outbox.Claim], now: Instant) {
        for claim in unsent {
            guard let flight = inFlight.removeValue(forKey: claim.id) else { continue }
            slots.ended(claim, start: flight.start, .inconclusive, at: now)
        }
        leasesToRelease += unsent.map { Outbox.Release($0) }
    }

    /// Handles the end of the delivery process. If it does not start or ends before its first answer, the fault is on
    /// this side: no attempt is charged.
    func handle(_ end: DeliveryProcess.End, now: Instant) {
        guard stopTime == nil else { return loseWhatWasWritten(now: now) { _ in nil } }
        // The next process may have another key.
        keyDoubts = KeyDoubts()
        switch end {
        case .notStarted(let error):
            releaseUnsent(process.takeBackAll(), now: now)
            pauseClaims("the delivery process cannot be started: \(error)", for: health.broke(at: now))
        case .ended(let status, hasAnswered: false):
            // If only one delivery was in the process, that delivery may have made the process crash. It waits, so that
            // other deliveries are tried before it.
            loseWhatWasWritten(now: now) { count in
                (count == 1 ? .seconds(Double.random(in: 50...70)) : .zero, isCharged: false)
            }
            releaseUnsent(process.takeBackAll(), now: now)
            pauseClaims("the delivery process ended before it answered: \(status)", for: health.broke(at: now))
        case .ended(_, hasAnswered: true): loseWhatWasWritten(now: now) { _ in nil }
        }
    }

    /// `fate` decides what happens to the lost deliveries. It gets their number, and returns the wait and whether the
    /// attempt is charged. Nil means the wait of the schedule and a charged attempt.
    private func loseWhatWasWritten(now: Instant, _ fate: (Int) -> (wait: Duration, isCharged: Bool)?) {
        let others = Set(process.unsent.map(\.id)).union(process.formerIDs)
        lose(Set(inFlight.keys).subtracting(others), now: now, fate)
    }

    /// Handles the end of a process whose program has been replaced, and which had lines with these ids.
    func loseLines(_ ids: Set<String>, now: Instant) {
        if !ids.isEmpty { lose(ids.intersection(inFlight.keys), now: now) { _ in nil } }
    }

    private func lose(_ ids: Set<String>, now: Instant, _ fate: (Int) -> (wait: Duration, isCharged: Bool)?) {
        let lost = inFlight.filter { ids.contains($0.key) }
        log.metrics.lostLeases(lost.count)
        let fate = fate(lost.count)
        for (id, flight) in lost {
            inFlight[id] = nil
            let scheduled = settings.schedule.wait(
                afterAttempt: flight.claim.attempt, jitter: Double.random(in: 0...1))
            keep(
                .lost(flight.claim, wait: fate?.wait ?? scheduled, isCharged: fate?.isCharged ?? true), of: flight.claim
            )
            slots.ended(flight.claim, start: flight.start, .inconclusive, at: now)
        }
    }
}

extension DeliveryLine {
    var id: String {
        switch self {
        case .attempt(let answer): answer.id
        case .complaint(let id, _), .refusal(let id, _): id
        }
    }
}
