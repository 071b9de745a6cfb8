import Logging
import Store

/// What is in flight in the delivery process.
extension Poller {
    func begin(_ started: [DestinationSlots.Waiting]) {
        for start in started {
            let leaseEnd = start.claimedAt + Int64(settings.lease * 1e9)
            inFlight[start.claim.id] = Flight(claim: start.claim, leaseEnd: leaseEnd)
        }
        process.feed(started.map(\.claim))
    }

    func take(_ line: [UInt8], now: Int64) {
        guard let answer = Answer(line), let flight = inFlight.removeValue(forKey: answer.id) else {
            logger.error("the delivery process wrote a line that answers nothing", metadata: ["bytes": "\(line.count)"])
            return
        }
        if let next = slots.ended(flight.claim.destination, at: now) { begin([next]) }
        answers.append(answer)
    }

    /// A process that lets leases run out is stuck. What it was never given goes back: it belongs to whoever claims it next.
    func endLeases(now: Int64) {
        let ended = Set(inFlight.lazy.filter { $0.value.leaseEnd < now }.map(\.key))
        guard !ended.isEmpty else { return }
        process.kill("no answer within the lease")
        let unsent = process.takeBack(ended)
        for claim in unsent where inFlight.removeValue(forKey: claim.id) != nil {
            if let next = slots.ended(claim.destination, at: now) { begin([next]) }
        }
        unused += unsent
    }

    func loseWhatWasSent(now: Int64) {
        let unsent = Set(process.unsent.map(\.id))
        for (id, flight) in inFlight where !unsent.contains(id) {
            inFlight[id] = nil
            if let next = slots.ended(flight.claim.destination, at: now) { begin([next]) }
            answers.append(.lost(flight.claim, attemptLimit: settings.attemptLimit))
        }
    }
}
