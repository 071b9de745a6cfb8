import Domain
import JSON
import Logging
import Store
import System

/// The alerts that are in flight in their delivery process.
extension Alerts {
    func send(_ alerts: [AlertOutbox.Alert], now: Int64) {
        guard !alerts.isEmpty else { return }
        let leaseEnd = now + Int64(lease * 1e9)
        let claims = alerts.map { AlertLine.claim($0, to: receiver) }
        for (claim, alert) in zip(claims, alerts) { inFlight[claim.id] = Flight(alert: alert, leaseEnd: leaseEnd) }
        isProcessWanted = true
        process.feed(claims)
    }

    /// Starts the process with the first alert. If it ends, it is started again only for the next alert.
    func advanceProcess(now: Int64) {
        guard isProcessWanted else { return }
        let turn = process.advance(now: now)
        for line in turn.lines { take(line, now: now) }
        guard let end = turn.end else { return }
        if case .notStarted(let error) = end {
            log.fails("the delivery process of alerts cannot be started", "\(error)", now: now)
        }
        _ = process.takeBackAll()
        for flight in inFlight.values { conclude(flight.alert, .again(wait: 10, countsAsAttempt: false)) }
        inFlight = [:]
        isProcessWanted = false
    }

    private func take(_ bytes: [UInt8], now: Int64) {
        guard let line = DeliveryLine(bytes), let flight = inFlight.removeValue(forKey: line.id) else {
            log.stray(bytes: bytes.count, now: now)
            return
        }
        process.wasUseful()
        nextClaim = min(nextClaim, now)
        let alert = flight.alert
        switch line {
        case .attempt: judge(AttemptResult(bytes), alert, now: now)
        case .refusal(_, let message): giveUp(alert, "refused: \(message)")
        case .complaint(_, let complaint):
            log.fails("alerts cannot be sent from here", complaint.message, now: now)
            conclude(alert, .again(wait: complaint.wait, countsAsAttempt: false))
        }
    }

    private func judge(_ result: AttemptResult, _ alert: AlertOutbox.Alert, now: Int64) {
        let answer = result.status.map { "\(result.code ?? "") \($0)" } ?? result.code ?? ""
        log.logger.debug(
            "an attempt to tell the operator",
            metadata: [
                "alert": "\(alert.id)", "type": "\(alert.type)", "outcome": "\(result.outcome)",
                "answer": "\(answer)",
            ])
        switch (result.outcome, result.retryInSeconds) {
        case ("delivered", _): conclude(alert, .done)
        case ("retry", let wait?):
            log.fails("alerts do not reach their receiver and are sent again", answer, now: now)
            conclude(alert, .again(wait: wait, countsAsAttempt: true))
        default: giveUp(alert, answer)
        }
    }

    private func giveUp(_ alert: AlertOutbox.Alert, _ reason: String) {
        log.logger.error(
            "an alert reached nobody",
            metadata: [
                "alert": "\(alert.id)", "type": "\(alert.type)", "attempts": "\(alert.attempt)",
                "reason": "\(reason)",
                "destination": "\(receiver.url.origin)",
            ])
        conclude(alert, .done)
    }

    private func conclude(_ alert: AlertOutbox.Alert, _ fate: AlertOutbox.Verdict.Fate) {
        if alert.lease != Alerts.unstored { verdicts.append(AlertOutbox.Verdict(alert, fate)) }
    }

    /// Kills the process if it lets a lease run out: it is stuck.
    func endLeases(now: Int64) {
        guard inFlight.values.contains(where: { $0.leaseEnd < now }) else { return }
        process.kill("no answer to an alert within the lease")
    }
}
