import Logging
import Postbacks
import Store

/// What is in flight in the delivery process.
extension Poller {
    /// Hands over what may start now of what was claimed.
    func begin(now: Int64) {
        let started = slots.starting(at: now)
        for start in started {
            let leaseEnd = start.leasedAt + Int64(settings.lease * 1e9)
            inFlight[start.claim.id] = Flight(claim: start.claim, start: now, leaseEnd: leaseEnd)
        }
        process.feed(started.map(\.claim))
    }

    func take(_ line: [UInt8], now: Int64) {
        guard let answer = Answer(line), let flight = inFlight.removeValue(forKey: answer.id) else {
            logger.error("the delivery process wrote a line that answers nothing", metadata: ["bytes": "\(line.count)"])
            return
        }
        slots.ended(flight.claim, start: flight.start, answer.reaction, at: now)
        answers.append(answer)
    }

    /// A process that lets leases run out is stuck. What it was never given goes back: it belongs to whoever claims it next.
    func endLeases(now: Int64) {
        let ended = Set(inFlight.lazy.filter { $0.value.leaseEnd < now }.map(\.key))
        guard !ended.isEmpty else { return }
        process.kill("no answer within the lease")
        giveBack(process.takeBack(ended), now: now)
    }

    /// What was handed over and not begun to be written was never in flight.
    func giveBack(_ unsent: [Outbox.Claim], now: Int64) {
        for claim in unsent {
            guard let flight = inFlight.removeValue(forKey: claim.id) else { continue }
            slots.ended(claim, start: flight.start, .untried, at: now)
        }
        unused += unsent
    }

    func loseWhatWasSent(now: Int64) {
        let unsent = Set(process.unsent.map(\.id))
        for (id, flight) in inFlight where !unsent.contains(id) {
            inFlight[id] = nil
            slots.ended(flight.claim, start: flight.start, .untried, at: now)
            answers.append(.lost(flight.claim, attemptLimit: settings.schedule.attempts))
        }
    }
}
