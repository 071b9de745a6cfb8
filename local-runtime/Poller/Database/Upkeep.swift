import Logging
import Postgres
import Store
import System

/// The work of a poller on a second connection, beside its loop: it vacuums and repairs the outbox, rolls up the counts of
/// attempts, makes and drops the partitions of attempts, drops old history, holds what paused postbacks owe, and stores the
/// answers of a rejected batch one by one.
final class Upkeep {
    private let settings: PollerSettings
    private let log: PollerLog
    private let link: DatabaseLink
    private var urgent: [Task] = []
    private var current: [Sent]?
    private var nextVacuum: Instant = .distantPast
    private var nextPartitions: Instant = .distantPast
    private var nextMeasure: Instant
    private var history = HistoryPass()

    private enum Task {
        case hold([Int])
        case pauseDying([Int])
        case complete(Answer)
        case renumber([Int])
        case deferUnreadable([Int])
        case repairSequences
        case maintainAttempts
        case dropHistory(DropHistory)
        case repair
        case rollUp
        case measure
        case vacuum

        /// Bytes of the answer that it stores.
        var bytes: Int {
            if case .complete(let answer) = self { answer.line.count } else { 0 }
        }

        /// Whether it must be repeated when it fails. Tasks that recur by themselves need not be.
        var isUrgent: Bool {
            switch self {
            case .hold, .pauseDying, .complete, .renumber, .deferUnreadable: true
            case .maintainAttempts, .dropHistory, .repairSequences, .repair, .rollUp, .measure, .vacuum: false
            }
        }
    }

    /// A task whose round trip is under way.
    private struct Sent {
        let task: Task
        /// Handles the task's answer. The last argument is the present time.
        let handle: (Upkeep, RoundTrip.Answers, Instant) throws(PostgresError) -> Void
    }

    /// The time after which the connection is given up if the server has not answered. A vacuum may take long.
    private static let answerTime: Duration = .seconds(600)
    private static let vacuumInterval: Duration = .seconds(10)
    private static let partitionInterval: Duration = .seconds(3600)
    private static let measureInterval: Duration = .seconds(60)

    init(_ settings: PollerSettings, log: PollerLog) {
        self.settings = settings
        self.log = log
        nextMeasure = Instant.now + Upkeep.measureInterval
        link = DatabaseLink(
            settings.connectionString, applicationName: "postbacks upkeep",
            setup: Outbox.upkeepSession, answerTime: Upkeep.answerTime, reportsAtOnce: false, logger: log.logger)
    }

    var interests: [Interest] { link.interests }

    /// Whether a task is left that does not recur by itself.
    var isUrgent: Bool { !urgent.isEmpty || current?.contains { $0.task.isUrgent } == true }

    func hold(_ pausedPostbacks: [Int]) { urgent.append(.hold(pausedPostbacks)) }

    func pauseDying(_ postbacks: [Int]) { urgent.append(.pauseDying(postbacks)) }

    func renumber(_ deliveries: [Int]) { urgent.append(.renumber(deliveries)) }

    /// Queues this for destinations whose claim failed because of one row.
    func deferUnreadable(_ destinations: [Int]) { urgent.append(.deferUnreadable(destinations)) }

    func completeSingly(_ answers: [Answer]) { urgent += answers.map(Task.complete) }

    func advance(now: Instant, isStopping: Bool) {
        _ = link.advance(now: now)
        if let current, let answers = link.answers(now: now) {
            self.current = nil
            for sent in current { handle(sent, of: answers, now: now) }
        }
        if !link.isUp, let current {
            urgent = current.map(\.task).filter(\.isUrgent) + urgent
            self.current = nil
        }
        guard current == nil, link.idleConnection != nil else { return }
        if !urgent.isEmpty {
            let tasks = Array(urgent.prefix(100)).prefix(withinBytes: Poller.statementBytes, \.bytes)
            if start(tasks, now: now) { urgent.removeFirst(tasks.count) }
        } else if !isStopping, now >= nextPartitions {
            nextPartitions = now + Upkeep.partitionInterval
            _ = start([.maintainAttempts], now: now)
        } else if !isStopping, now >= nextMeasure {
            nextMeasure = now + Upkeep.measureInterval
            _ = start([.measure], now: now)
        } else if !isStopping, now >= nextVacuum {
            nextVacuum = now + Upkeep.vacuumInterval
            _ = start([.repairSequences, .repair, .rollUp, .vacuum], now: now)
        } else if !isStopping, let days = settings.historyDays, let batch = history.batch(keepDays: days, now: now) {
            _ = start([.dropHistory(batch)], now: now)
        }
    }

    private func start(_ tasks: [Task], now: Instant) -> Bool {
        var trip = RoundTrip()
        let sent = tasks.map { Sent(task: $0, handle: add($0, to: &trip)) }
        guard link.start(trip, now: now) else { return false }
        current = sent
        return true
    }

    /// Adds the calls of a task to the round trip.
    /// - Returns: a closure that takes their answers.
    private func add(
        _ task: Task, to trip: inout RoundTrip
    ) -> (Upkeep, RoundTrip.Answers, Instant) throws(PostgresError) -> Void {
        switch task {
        case .hold(let postbacks): return ignored(trip.add(HoldPostbacks(postbacks)))
        case .pauseDying(let postbacks):
            let ticket = trip.add(PauseDyingPostbacks(postbacks))
            return { (upkeep, answers, now) throws(PostgresError) in
                for pause in try answers(ticket) { upkeep.log.paused(pause, now: now) }
            }
        case .complete(let answer):
            let ticket = trip.add(
                CompleteDeliveries([answer.record], orderHold: settings.orderHold, schedule: settings.schedule))
            return { (upkeep, answers, now) throws(PostgresError) in upkeep.handle(try answers(ticket), now: now) }
        case .renumber(let deliveries):
            let ticket = trip.add(RepairSequences())
            let renumbering = trip.append(RenumberDeliveries(deliveries))
            return { (upkeep, answers, _) throws(PostgresError) in
                upkeep.logRepair(of: try answers(ticket))
                try answers(renumbering)
            }
        case .deferUnreadable(let destinations):
            let ticket = trip.add(DeferUnreadable(destinations))
            return { (upkeep, answers, _) throws(PostgresError) in upkeep.logDeferred(try answers(ticket)) }
        case .repairSequences:
            let ticket = trip.add(RepairSequences())
            return { (upkeep, answers, _) throws(PostgresError) in upkeep.logRepair(of: try answers(ticket)) }
        case .repair:
            let cancelling = trip.add(CancelDeliveries())
            let repairing = trip.append(RepairOutbox())
            return { (_, answers, _) throws(PostgresError) in
                _ = try answers(cancelling)
                try answers(repairing)
            }
        case .maintainAttempts:
            let ticket = trip.add(MaintainAttempts(keepDays: settings.attemptDays))
            return { (_, answers, _) throws(PostgresError) in _ = try answers(ticket) }
        case .dropHistory(let batch):
            let ticket = trip.add(batch)
            return { (upkeep, answers, now) throws(PostgresError) in
                upkeep.history.ended(try answers(ticket), now: now)
                if let total = upkeep.history.takeTotal() { upkeep.log.dropped(total) }
            }
        case .rollUp: return ignored(trip.add(RollUpAttempts()))
        case .measure:
            let ticket = trip.add(MeasureBacklog())
            return { (upkeep, answers, now) throws(PostgresError) in
                upkeep.log.summarize(try answers(ticket), now: now)
            }
        case .vacuum: return ignored(trip.add(VacuumOutbox()))
        }
    }

    /// Takes the answer of a call that returns nothing.
    private func ignored<Stored: StoredCall>(
        _ ticket: RoundTrip.Ticket<Stored>
    ) -> (Upkeep, RoundTrip.Answers, Instant) throws(PostgresError) -> Void where Stored.Answer == Void {
        { (_, answers, _) throws(PostgresError) in try answers(ticket) }
    }

    private func handle(_ sent: Sent, of answers: RoundTrip.Answers, now: Instant) {
        do throws(PostgresError) {
            try sent.handle(self, answers, now)
        } catch {
            if case .complete = sent.task, error.kind == .unreadable {
                // The answer is stored. Storing it again would change nothing.
                return log.fails(PollerLog.unreadableCompletion, "\(error)", now: now)
            }
            log.fails("upkeep of the database failed", "\(error)", now: now)
            if error.isRetryable {
                if sent.task.isUrgent { urgent.append(sent.task) }
            } else if case .complete(let answer) = sent.task, let bare = answer.withoutDetails {
                // The details of the answer cannot be stored; the outcome of the attempt must be kept nevertheless.
                urgent.append(.complete(bare))
            }
        }
    }

    private func handle(_ completion: CompleteDeliveries.Answer, now: Instant) {
        log.completed(completion, now: now)
        if !completion.pausedPostbacks.isEmpty { hold(completion.pausedPostbacks) }
        if !completion.postbacksToCheck.isEmpty { pauseDying(completion.postbacksToCheck) }
    }

    private func logRepair(of sequences: String?) {
        guard let sequences else { return }
        log.logger.error(
            "sequences were behind their tables and were advanced", metadata: ["sequences": "\(sequences)"])
    }

    private func logDeferred(_ deferred: [DeferUnreadable.Deferred]) {
        for deferred in deferred {
            log.logger.error(
                "a delivery cannot be read and waits for an hour",
                metadata: ["delivery": "\(deferred.delivery)", "reason": "\(deferred.reason)"])
        }
    }
}
