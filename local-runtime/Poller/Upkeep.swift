import Logging
import POSIX
import Postgres
import Store

/// What a poller does beside the pump, on a connection of its own: vacuums the outbox, makes and drops the partitions of
/// attempts, holds what paused postbacks owe, and stores answers of a batch that was rejected one by one.
final class Upkeep {
    private let settings: PollerSettings
    private let logger: Logger
    private let link: DatabaseLink
    private var urgent: [[Call]] = []
    private var current: [[Call]]?
    private var isCurrentUrgent = false
    private var nextVacuum: Int64 = 0
    private var nextPartitions: Int64 = 0

    private static let vacuumInterval: Int64 = 10_000_000_000
    private static let partitionInterval: Int64 = 3_600_000_000_000

    init(_ settings: PollerSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
        link = DatabaseLink(
            settings.connectionString, applicationName: "postbacks upkeep", sessionScript: "SET lock_timeout = '5s'",
            logger: logger)
    }

    var interests: [Interest] { link.interests }

    func hold(_ pausedPostbacks: String) { urgent.append([Outbox.hold(pausedPostbacks)]) }

    func completeSingly(_ answers: [Answer]) {
        urgent += answers.map { [Outbox.complete([$0.line], orderHold: settings.orderHold)] }
    }

    func advance(now: Int64, isStopping: Bool) {
        _ = link.advance(now: now)
        if let current, let results = link.results(now: now) {
            self.current = nil
            for (call, result) in zip(current, results) { take(result, of: call) }
        }
        if !link.isUp, let current {
            // Done twice, what is urgent changes nothing; not done, a paused postback would go on being sent.
            if isCurrentUrgent { urgent = current + urgent }
            self.current = nil
        }
        guard current == nil, link.idleConnection != nil else { return }
        if !urgent.isEmpty {
            let groups = Array(urgent.prefix(100))
            urgent.removeFirst(groups.count)
            if start(groups, now: now) { isCurrentUrgent = true } else { urgent = groups + urgent }
        } else if !isStopping, now >= nextPartitions {
            nextPartitions = now + Upkeep.partitionInterval
            _ = start([[Outbox.maintainAttempts(keepDays: settings.attemptDays)]], now: now)
        } else if !isStopping, now >= nextVacuum {
            nextVacuum = now + Upkeep.vacuumInterval
            _ = start([Outbox.mend, [Outbox.vacuum]], now: now)
        }
    }

    private func start(_ groups: [[Call]], now: Int64) -> Bool {
        guard link.start(groups, now: now) else { return false }
        current = groups
        isCurrentUrgent = false
        return true
    }

    private func take(_ result: Result<[Rows], PostgresError>, of group: [Call]) {
        guard case .failure(let error) = result else { return }
        if isCurrentUrgent, error.isRetryable { urgent.append(group) }
        logger.warning("upkeep of the database failed", metadata: ["reason": "\(error)"])
    }
}
