import Domain
import JSON
import Logging
import Postgres
import Store
import System

/// Sends alerts to the operator, beside the poller's loop. Alerts have a database connection, a delivery process and a
/// few slots of their own. So a receiver of alerts that hangs delays no delivery, and its answers say nothing about a
/// destination that affiliates' postbacks may share with it.
final class Alerts {
    let receiver: AlertReceiver
    /// How long an alert belongs to the poller that claimed it.
    let lease: Duration
    let log: PollerLog
    let link: DatabaseLink
    let process: DeliveryProcess
    var isProcessWanted = false
    var inFlight: [String: Flight] = [:]
    var verdicts: [AlertOutbox.Verdict] = []
    private(set) var work: [Task]?
    var nextClaim: Instant = .distantPast
    private var nextWatch: Instant = .distantPast
    private var nextDeadReport: Instant = .distantPast
    /// The alert about the poller's end. Once it is due, nothing else is claimed.
    var stopAlert: StopAlert = .notYet

    struct Flight {
        let alert: AlertOutbox.Alert
        let leaseEnd: Instant
    }

    enum StopAlert {
        case notYet
        /// To be stored.
        case due(JSON)
        /// It is being stored and claimed, is claimed, or is sent without being stored.
        case begun(JSON)
    }

    /// A call of the round trip that is under way.
    enum Task {
        case watch(RoundTrip.Ticket<WatchOutbox>)
        case reportDead(RoundTrip.Ticket<ReportDeadDeliveries>)
        case notify(RoundTrip.Ticket<NotifyOperator>)
        case claim(RoundTrip.Ticket<ClaimAlerts>)
        case complete(RoundTrip.Ticket<CompleteAlerts>)

        var isNotifying: Bool {
            if case .notify = self { true } else { false }
        }
    }

    static let slots = 4
    /// The lease number of an alert that is stored in no table.
    static let unstored = 0
    private static let lagSeconds = 300
    private static let watchInterval: Duration = .seconds(15)
    private static let claimInterval: Duration = .seconds(1)
    private static let deadReportInterval: Duration = .seconds(5)

    /// Nil if no receiver is set.
    init?(_ settings: PollerSettings, program: Poller.DeliveryProgram, log: PollerLog) {
        guard let receiver = settings.alertReceiver else { return nil }
        self.receiver = receiver
        lease = settings.lease
        self.log = log
        log.logger.info("alerts are sent", metadata: ["destination": "\(receiver.url.origin)"])
        link = DatabaseLink(
            settings.connectionString, applicationName: "postbacks alerts", setup: AlertOutbox.session,
            answerTime: .seconds(60), reportsAtOnce: false, logger: log.logger)
        process = DeliveryProcess(program, logger: log.logger)
    }

    var interests: [Interest] { link.interests + process.interests }

    func advance(now: Instant) {
        _ = link.advance(now: now)
        if let work, let answers = link.answers(now: now) {
            self.work = nil
            for task in work { handle(task, of: answers, now: now) }
        }
        if !link.isUp, let work {
            self.work = nil
            giveUp(work)
        }
        advanceProcess(now: now)
        endLeases(now: now)
        if work == nil, link.idleConnection != nil { startWork(now: now) }
    }

    private func startWork(now: Instant) {
        var trip = RoundTrip()
        var tasks: [Task] = []
        if !verdicts.isEmpty { tasks.append(.complete(trip.add(CompleteAlerts(verdicts)))) }
        switch stopAlert {
        case .notYet:
            if now >= nextWatch { tasks.append(.watch(trip.add(WatchOutbox(lagSeconds: Alerts.lagSeconds)))) }
            if now >= nextDeadReport { tasks.append(.reportDead(trip.add(ReportDeadDeliveries()))) }
            let free = Alerts.slots - inFlight.count
            if free > 0, now >= nextClaim { tasks.append(.claim(trip.add(ClaimAlerts(free, lease: lease)))) }
        case .due(let data):
            tasks.append(.notify(trip.add(NotifyOperator("poller.stopped", data))))
            tasks.append(.claim(trip.add(ClaimAlerts(1, lease: lease))))
        case .begun: break
        }
        guard !tasks.isEmpty, link.start(trip, now: now) else { return }
        work = tasks
        for task in tasks {
            switch task {
            case .watch: nextWatch = now + Alerts.watchInterval
            case .reportDead: nextDeadReport = now + Alerts.deadReportInterval
            case .claim: nextClaim = now + Alerts.claimInterval
            case .complete: verdicts = []
            case .notify: beginStopAlert()
            }
        }
    }

    /// Repeats what was lost with the connection. Alerts whose claim was lost are due again when their leases have run
    /// out.
    private func giveUp(_ work: [Task]) {
        for task in work {
            switch task {
            case .complete(let ticket): verdicts = ticket.stored.verdicts + verdicts
            case .notify: sendStopAlert()
            case .watch, .reportDead, .claim: break
            }
        }
    }

    private func handle(_ task: Task, of answers: RoundTrip.Answers, now: Instant) {
        do throws(PostgresError) {
            switch task {
            case .watch(let ticket): try answers(ticket)
            case .reportDead(let ticket): try answers(ticket)
            case .notify(let ticket): try answers(ticket)
            case .complete(let ticket): try answers(ticket)
            case .claim(let ticket):
                let answer = try answers(ticket)
                if let fault = answer.fault { log.fails("an alert cannot be read", "\(fault)", now: now) }
                // All slots were filled, so more alerts may wait.
                if answer.alerts.count == Alerts.slots { nextClaim = now }
                send(answer.alerts, now: now)
            }
        } catch {
            log.fails("alerts cannot be stored or claimed", "\(error)", now: now)
            if error.isRetryable || task.isNotifying { giveUp([task]) }
        }
    }
}

/// The alerts that are in flight in their delivery process.
extension Alerts {
    func send(_ alerts: [AlertOutbox.Alert], now: Instant) {
        guard !alerts.isEmpty else { return }
        let leaseEnd = now + lease
        let claims = alerts.map { AlertLine.claim($0, to: receiver) }
        for (claim, alert) in zip(claims, alerts) { inFlight[claim.id] = Flight(alert: alert, leaseEnd: leaseEnd) }
        isProcessWanted = true
        process.feed(claims)
    }

    /// Starts the process with the first alert. If it ends, it is started again only for the next alert.
    func advanceProcess(now: Instant) {
        guard isProcessWanted else { return }
        if inFlight.isEmpty, process.isReplaced(now: now) { process.handOver(keeping: []) }
        let turn = process.advance(now: now)
        for line in turn.lines { handle(line, now: now) }
        guard let end = turn.end else { return }
        if case .notStarted(let error) = end {
            log.fails("the delivery process of alerts cannot be started", "\(error)", now: now)
        }
        _ = process.takeBackAll()
        for flight in inFlight.values { conclude(flight.alert, .again(wait: .seconds(10), countsAsAttempt: false)) }
        inFlight = [:]
        isProcessWanted = false
    }

    private func handle(_ bytes: [UInt8], now: Instant) {
        guard let line = DeliveryLine(bytes), let flight = inFlight.removeValue(forKey: line.id) else {
            log.stray(bytes: bytes.count, now: now)
            return
        }
        process.noteAnswer()
        nextClaim = min(nextClaim, now)
        let alert = flight.alert
        switch line {
        case .attempt: judge(AttemptResult(bytes), alert, now: now)
        case .refusal(_, let message): giveUp(alert, "refused: \(message)")
        case .complaint(_, let complaint):
            log.fails("alerts cannot be sent from here", complaint.message, now: now)
            conclude(alert, .again(wait: complaint.wait(), countsAsAttempt: false))
        }
    }

    private func judge(_ result: AttemptResult, _ alert: AlertOutbox.Alert, now: Instant) {
        let answer = result.status.map { "\(result.code ?? "") \($0)" } ?? result.code ?? ""
        log.logger.debug(
            "an attempt to send an alert",
            metadata: [
                "alert": "\(alert.id)", "type": "\(alert.type)", "outcome": "\(result.outcome)",
                "answer": "\(answer)",
            ])
        switch (result.outcome, result.retryIn) {
        case ("delivered", _): conclude(alert, .done)
        case ("retry", let wait?):
            log.fails("alerts do not reach their receiver and will be sent again", answer, now: now)
            conclude(alert, .again(wait: wait, countsAsAttempt: true))
        default: giveUp(alert, answer)
        }
    }

    private func giveUp(_ alert: AlertOutbox.Alert, _ reason: String) {
        log.logger.error(
            "an alert was not delivered",
            metadata: [
                "alert": "\(alert.id)", "type": "\(alert.type)", "attempts": "\(alert.attempt)",
                "reason": "\(reason)",
                "destination": "\(receiver.url.origin)",
            ])
        conclude(alert, .done)
    }

    private func conclude(_ alert: AlertOutbox.Alert, _ fate: AlertOutbox.Verdict.Fate) {
        if alert.leaseNumber != Alerts.unstored { verdicts.append(AlertOutbox.Verdict(alert, fate)) }
    }

    /// Kills the process if it lets a lease run out: it is stuck.
    func endLeases(now: Instant) {
        guard inFlight.values.contains(where: { $0.leaseEnd < now }) else { return }
        process.kill("no answer to an alert within the lease")
    }
}

/// The alert about the end of the poller.
extension Alerts {
    /// How long the end of the poller waits for this alert.
    private static let stopAlertTime: Duration = .seconds(5)

    /// Sends the alert that the poller has stopped, and waits for its answer and for the alerts in flight, five seconds
    /// at most. An alert that is not sent by then is stored, and another poller sends it. Without a database it is sent
    /// and not stored. `unanswered` is the number of deliveries that were in flight and have no answer. Any signal ends
    /// the wait.
    func finish(unanswered: Int, signals: SignalDescriptor) throws(SystemError) {
        let end = Instant.now + Alerts.stopAlertTime
        let data: JSON = [
            "poller": .string("\(ThisProcess.hostName)/\(ThisProcess.id)"), "unanswered": .integer(unanswered),
        ]
        stopAlert = .due(data)
        while true {
            let now = Instant.now
            advance(now: now)
            if case .due = stopAlert, !link.isUp {
                beginStopAlert()
                sendStopAlert()
            }
            if now >= end || isFinished { break }
            _ = try wait(for: interests + [.read(signals.descriptor)], atMost: .milliseconds(50))
            if try !signals.readPending().isEmpty { break }
        }
        _ = process.close()
        if inFlight.isEmpty {
            // It ends when its input ends.
            advanceProcess(now: Instant.now)
        } else {
            process.kill("the poller stops, and an alert has no answer")
        }
    }

    private var isFinished: Bool {
        guard case .begun = stopAlert else { return false }
        return work == nil && inFlight.isEmpty && verdicts.isEmpty
    }

    func beginStopAlert() {
        if case .due(let data) = stopAlert { stopAlert = .begun(data) }
    }

    /// Sends the alert without storing it, under an id that no stored alert will have.
    func sendStopAlert() {
        guard case .begun(let data) = stopAlert else { return }
        let id = AlertOutbox.firstID + Int.random(in: 1 << 40..<1 << 41)
        let alert = AlertOutbox.Alert(
            id: id, leaseNumber: Alerts.unstored, attempt: 1, type: "poller.stopped", at: WallClock.rfc3339, data: data)
        send([alert], now: Instant.now)
    }
}
