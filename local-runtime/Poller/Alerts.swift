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
    /// Seconds.
    let lease: Double
    let log: PollerLog
    let link: DatabaseLink
    let process: DeliveryProcess
    var isProcessWanted = false
    var inFlight: [String: Flight] = [:]
    var verdicts: [AlertOutbox.Verdict] = []
    private(set) var work: [Task]?
    var nextClaim: Int64 = 0
    private var nextWatch: Int64 = 0
    private var nextGathering: Int64 = 0
    /// The alert about the poller's end. Once it is due, nothing else is claimed.
    var farewell: Farewell = .notYet

    struct Flight {
        let alert: AlertOutbox.Alert
        let leaseEnd: Int64
    }

    enum Farewell {
        case notYet
        /// To be stored.
        case due(JSON)
        /// It is being stored and claimed, is claimed, or is sent without being stored.
        case begun(JSON)
    }

    /// A call of the round trip that is under way.
    enum Task {
        case watch(RoundTrip.Ticket<WatchOutbox>)
        case gather(RoundTrip.Ticket<GatherDeaths>)
        case tell(RoundTrip.Ticket<TellOperator>)
        case claim(RoundTrip.Ticket<ClaimAlerts>)
        case complete(RoundTrip.Ticket<CompleteAlerts>)

        var isTelling: Bool {
            if case .tell = self { true } else { false }
        }
    }

    static let slots = 4
    /// The lease number of an alert that is stored in no table.
    static let unstored = 0
    private static let lagSeconds = 300
    private static let watchInterval: Int64 = 15_000_000_000
    private static let claimInterval: Int64 = 1_000_000_000
    private static let gatherInterval: Int64 = 5_000_000_000

    /// Nil if no receiver is set.
    init?(_ settings: PollerSettings, program: String, environment: [String: String], log: PollerLog) {
        guard let receiver = settings.alertReceiver else { return nil }
        self.receiver = receiver
        lease = settings.lease
        self.log = log
        log.logger.info("the operator is told of events", metadata: ["destination": "\(receiver.url.origin)"])
        link = DatabaseLink(
            settings.connectionString, applicationName: "postbacks alerts", setup: AlertOutbox.session,
            answerTime: 60, tellsAtOnce: false, logger: log.logger)
        process = DeliveryProcess(program: program, environment: environment, logger: log.logger)
    }

    var interests: [Interest] { link.interests + process.interests }

    func advance(now: Int64) {
        _ = link.advance(now: now)
        if let work, let answers = link.answers(now: now) {
            self.work = nil
            for task in work { take(task, of: answers, now: now) }
        }
        if !link.isUp, let work {
            self.work = nil
            giveUp(work)
        }
        advanceProcess(now: now)
        endLeases(now: now)
        if work == nil, link.idleConnection != nil { startWork(now: now) }
    }

    private func startWork(now: Int64) {
        var trip = RoundTrip()
        var tasks: [Task] = []
        if !verdicts.isEmpty { tasks.append(.complete(trip.add(CompleteAlerts(verdicts)))) }
        switch farewell {
        case .notYet:
            if now >= nextWatch { tasks.append(.watch(trip.add(WatchOutbox(lagSeconds: Alerts.lagSeconds)))) }
            if now >= nextGathering { tasks.append(.gather(trip.add(GatherDeaths()))) }
            let free = Alerts.slots - inFlight.count
            if free > 0, now >= nextClaim { tasks.append(.claim(trip.add(ClaimAlerts(free, lease: lease)))) }
        case .due(let data):
            tasks.append(.tell(trip.add(TellOperator("poller.stopped", data))))
            tasks.append(.claim(trip.add(ClaimAlerts(1, lease: lease))))
        case .begun: break
        }
        guard !tasks.isEmpty, link.start(trip, now: now) else { return }
        work = tasks
        for task in tasks {
            switch task {
            case .watch: nextWatch = now + Alerts.watchInterval
            case .gather: nextGathering = now + Alerts.gatherInterval
            case .claim: nextClaim = now + Alerts.claimInterval
            case .complete: verdicts = []
            case .tell: beginFarewell()
            }
        }
    }

    /// Repeats what was lost with the connection. Alerts whose claim was lost are due again when their leases have run
    /// out.
    private func giveUp(_ work: [Task]) {
        for task in work {
            switch task {
            case .complete(let ticket): verdicts = ticket.stored.verdicts + verdicts
            case .tell: sendFarewell()
            case .watch, .gather, .claim: break
            }
        }
    }

    private func take(_ task: Task, of answers: RoundTrip.Answers, now: Int64) {
        do throws(PostgresError) {
            switch task {
            case .watch(let ticket): try answers(ticket)
            case .gather(let ticket): try answers(ticket)
            case .tell(let ticket): try answers(ticket)
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
            if error.isRetryable || task.isTelling { giveUp([task]) }
        }
    }
}
