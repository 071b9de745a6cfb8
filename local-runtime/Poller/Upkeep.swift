import Logging
import POSIX
import Postgres
import Store

/// What a poller does beside the pump, on a connection of its own: vacuums the outbox, makes and drops the partitions of
/// attempts, holds what paused postbacks owe, and stores answers of a batch that was rejected one by one.
final class Upkeep {
    private let settings: PollerSettings
    private let log: PollerLog
    private let link: DatabaseLink
    private var urgent: [Task] = []
    private var current: [Task]?
    private var nextVacuum: Int64 = 0
    private var nextPartitions: Int64 = 0
    private var nextMeasure: Int64

    private enum Task {
        case hold(pausedPostbacks: String)
        case pauseDying(postbacks: String)
        case complete(Answer)
        case renumber([Int])
        case deferUnreadable([Int])
        case mendSequences
        case maintainAttempts
        case mend
        case measure
        case vacuum

        /// Of the answer that it stores.
        var bytes: Int {
            if case .complete(let answer) = self { answer.line.count } else { 0 }
        }

        /// Whether somebody waits for it; what recurs by itself can fail.
        var isUrgent: Bool {
            switch self {
            case .hold, .pauseDying, .complete, .renumber, .deferUnreadable: true
            case .maintainAttempts, .mendSequences, .mend, .measure, .vacuum: false
            }
        }
    }

    /// Seconds; a vacuum may take long.
    private static let answerTime = 600.0
    private static let vacuumInterval: Int64 = 10_000_000_000
    private static let partitionInterval: Int64 = 3_600_000_000_000
    private static let measureInterval: Int64 = 60_000_000_000

    init(_ settings: PollerSettings, log: PollerLog) {
        self.settings = settings
        self.log = log
        nextMeasure = Clock.monotonicNanoseconds + Upkeep.measureInterval
        link = DatabaseLink(
            settings.connectionString, applicationName: "postbacks upkeep",
            setup: Outbox.upkeepSession, answerTime: Upkeep.answerTime, tellsAtOnce: false, logger: log.logger)
    }

    var interests: [Interest] { link.interests }

    /// Whether something is left to do that does not come round again by itself.
    var isUrgent: Bool { !urgent.isEmpty || current?.contains { $0.isUrgent } == true }

    func hold(_ pausedPostbacks: String) { urgent.append(.hold(pausedPostbacks: pausedPostbacks)) }

    func pauseDying(_ postbacks: String) { urgent.append(.pauseDying(postbacks: postbacks)) }

    func renumber(_ deliveries: [Int]) { urgent.append(.renumber(deliveries)) }

    /// A claim for these failed because of one row.
    func deferUnreadable(_ destinations: [Int]) { urgent.append(.deferUnreadable(destinations)) }

    func completeSingly(_ answers: [Answer]) { urgent += answers.map(Task.complete) }

    func advance(now: Int64, isStopping: Bool) {
        _ = link.advance(now: now)
        if let current, let results = link.results(now: now) {
            self.current = nil
            for (task, result) in zip(current, results) { take(result, of: task, now: now) }
        }
        if !link.isUp, let current {
            urgent = current.filter(\.isUrgent) + urgent
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
            _ = start([.mendSequences, .mend, .vacuum], now: now)
        }
    }

    private func start(_ tasks: [Task], now: Int64) -> Bool {
        guard link.start(tasks.map(calls), now: now) else { return false }
        current = tasks
        return true
    }

    private func calls(_ task: Task) -> [Call] {
        switch task {
        case .hold(let pausedPostbacks): [Outbox.hold(pausedPostbacks)]
        case .pauseDying(let postbacks): [Outbox.pauseDying(postbacks)]
        case .complete(let answer):
            [Outbox.complete([answer.line], orderHold: settings.orderHold, schedule: settings.schedule)]
        case .maintainAttempts: [Outbox.maintainAttempts(keepDays: settings.attemptDays)]
        case .renumber(let deliveries): Outbox.renumber(deliveries)
        case .deferUnreadable(let destinations): [Outbox.deferUnreadable(destinations)]
        case .mendSequences: [Outbox.mendSequences]
        case .mend: Outbox.mend
        case .measure: [Outbox.measureBacklog]
        case .vacuum: [Outbox.vacuum]
        }
    }

    private func take(_ result: Result<[Rows], PostgresError>, of task: Task, now: Int64) {
        switch result {
        case .success(let rows):
            guard let rows = rows.first else { return }
            report(rows, of: task, now: now)
            guard case .complete = task else { return }
            let completion = Outbox.completion(rows)
            log.completed(completion, now: now)
            if let paused = completion.pausedPostbacks { hold(paused) }
            if let dying = completion.dyingPostbacks { pauseDying(dying) }
        case .failure(let error):
            log.fails("upkeep of the database failed", "\(error)", now: now)
            if error.isRetryable {
                if task.isUrgent { urgent.append(task) }
            } else if case .complete(let answer) = task, let bare = answer.withoutDetails {
                // What it says of itself cannot be stored; what came of the attempt must not be forgotten with it.
                urgent.append(.complete(bare))
            }
        }
    }

    /// Tells what was put right that should not have been wrong, and how much is owed.
    private func report(_ rows: Rows, of task: Task, now: Int64) {
        switch task {
        case .mendSequences, .renumber:
            guard let mended = Outbox.mendedSequences(rows) else { return }
            log.logger.error(
                "sequences stood behind their tables and were brought forward", metadata: ["sequences": "\(mended)"])
        case .deferUnreadable:
            for (delivery, reason) in Outbox.deferred(rows) {
                log.logger.error(
                    "a delivery cannot be read and waits for an hour",
                    metadata: ["delivery": "\(delivery)", "reason": "\(reason)"])
            }
        case .pauseDying:
            for pause in Outbox.pauses(rows) { log.paused(pause, now: now) }
        case .measure: log.summarize(Outbox.backlog(rows), now: now)
        case .hold, .complete, .maintainAttempts, .mend, .vacuum: return
        }
    }
}
