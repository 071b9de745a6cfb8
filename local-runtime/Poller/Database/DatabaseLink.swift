import Logging
import Postgres
import Store
import System

/// A connection for an event loop. It is made without blocking, and made again whenever it is lost, after waits that
/// grow to five seconds.
final class DatabaseLink {
    private let connectionString: String
    private let applicationName: String
    private let setup: SessionSetup
    private let answerTime: Duration
    private let logger: Logger
    private let reportsAtOnce: Bool
    private var outage = Trouble()
    /// The message about the outage that was logged; nil for none.
    private var reportedTrouble: String?
    private var state = State.waiting(until: .distantPast)
    private var backoff = Backoff(first: .milliseconds(100), longest: .seconds(5))
    /// When the round trip that is under way was started.
    private var startTime: Instant = .distantPast
    /// Whether each group of the round trip begins with the session's settings.
    private var areSettingsSent = false
    private var hasReportedPooler = false

    private enum State {
        case waiting(until: Instant)
        case connecting(Connecting)
        /// The server is being asked whether the session is shared (a pooler).
        case looking(Connection, deadline: Instant)
        /// The session's settings are being sent.
        case settingUp(Connection, deadline: Instant)
        case up(Connection)
    }

    private static let setUpTime: Duration = .seconds(10)

    /// `setup` contains the settings that each new connection gets before it is used. A server that has not answered
    /// within `answerTime` is given up, because its process may hang for ever. `reportsAtOnce` says whether an outage
    /// is logged when it begins; only one of a poller's connections does so, and the others log it after a minute.
    init(
        _ connectionString: String, applicationName: String, setup: SessionSetup, answerTime: Duration,
        reportsAtOnce: Bool, logger: Logger
    ) {
        self.connectionString = connectionString
        self.applicationName = applicationName
        self.setup = setup
        self.answerTime = answerTime
        self.reportsAtOnce = reportsAtOnce
        self.logger = logger
    }

    /// The connection, if there is one and no round trip is under way on it.
    var idleConnection: Connection? {
        guard case .up(let connection) = state, !connection.isBusy else { return nil }
        return connection
    }

    var isUp: Bool {
        if case .up = state { true } else { false }
    }

    var interests: [Interest] {
        switch state {
        case .waiting: []
        case .connecting(let connecting): connecting.interests
        case .looking(let connection, _), .settingUp(let connection, _), .up(let connection): connection.interests
        }
    }

    /// When to call `advance` even if no event has come; nil for never.
    func wakeTime(now: Instant) -> Instant? {
        switch state {
        case .waiting(let until): until
        case .connecting(let connecting): connecting.timeLeft.map { now + $0 }
        case .looking(_, let deadline), .settingUp(_, let deadline): deadline
        case .up(let connection): connection.isBusy ? startTime + answerTime : nil
        }
    }

    /// Advances as far as possible without blocking.
    /// - Returns: true if a new connection has just come up.
    func advance(now: Instant) -> Bool {
        do throws(PostgresError) {
            switch state {
            case .waiting(let until):
                guard now >= until else { return false }
                state = .connecting(try Connecting(connectionString, applicationName: applicationName))
                return false
            case .connecting(let connecting):
                guard let connection = try connecting.poll() else { return false }
                try connection.start([], isProbing: true)
                state = .looking(connection, deadline: now + DatabaseLink.setUpTime)
                return false
            case .looking(let connection, let deadline):
                guard connection.poll() != nil else {
                    if now >= deadline { lost("the database server does not answer", now: now) }
                    return false
                }
                reportPooler(connection)
                try connection.start([setup.calls(isShared: connection.session == .shared)])
                state = .settingUp(connection, deadline: deadline)
                return false
            case .settingUp(let connection, let deadline):
                guard let results = connection.poll() else {
                    if now >= deadline { lost("the database server does not answer", now: now) }
                    return false
                }
                for result in results { _ = try result.get() }
                backoff.succeed()
                found(now: now)
                state = .up(connection)
                return true
            case .up(let connection):
                if !connection.isUsable { lost(connection.isBusy ? nil : "the connection was lost", now: now) }
                return false
            }
        } catch {
            lost(error.description, DatabaseTrouble.message(of: error), now: now)
            return false
        }
    }

    /// Starts a round trip. Returns false if there is no idle connection for it.
    func start(_ trip: RoundTrip, now: Instant) -> Bool {
        guard let connection = idleConnection else { return false }
        do throws(PostgresError) {
            let isShared = connection.session == .shared
            try connection.start(isShared ? trip.groups.map(withSettings) : trip.groups)
            areSettingsSent = isShared
            startTime = now
            return true
        } catch {
            lost(error.description, now: now)
            return false
        }
    }

    /// The answers to the round trip, once all of them are there.
    func answers(now: Instant) -> RoundTrip.Answers? {
        guard case .up(let connection) = state else { return nil }
        guard let results = connection.poll() else {
            if now >= startTime + answerTime { lost("the database server does not answer", now: now) }
            return nil
        }
        // A server that says that it shuts down, or that it can only be read since a failover, counts as gone.
        let failure = results.lazy.compactMap { $0.error }.first { $0.kind == .unreachable }
        if !connection.isUsable || failure != nil {
            lost(
                failure?.description ?? "the connection was lost",
                failure.map(DatabaseTrouble.message) ?? DatabaseTrouble.none, now: now)
        }
        // A transaction with a single result is a VACUUM, which was sent without the settings because it must be alone
        // in its transaction.
        return RoundTrip.Answers(
            areSettingsSent ? results.map { $0.map { $0.count > 1 ? Array($0.dropFirst()) : $0 } } : results)
    }

    private func withSettings(_ group: [Call]) -> [Call] {
        group.contains(where: VacuumOutbox.isCalled) ? group : [setup.transactionStart] + group
    }

    /// Logs once that no announcements arrive behind a pooler.
    private func reportPooler(_ connection: Connection) {
        guard connection.session == .shared, setup.isListening, !hasReportedPooler else { return }
        hasReportedPooler = true
        logger.notice(
            "the database is behind a connection pooler, so the poller gets no notifications and polls instead; give it a direct connection"
        )
    }

    /// The payloads of the notifications that have come, for example that something is owed.
    func takeNotifications() -> [String] {
        guard case .up(let connection) = state, !connection.isBusy else { return [] }
        return connection.notifications().map(\.payload)
    }

    private func lost(_ reason: String?, _ trouble: Logger.Message = DatabaseTrouble.none, now: Instant) {
        state = .waiting(until: now + backoff.fail())
        report(outage.occurs(at: now), trouble, reason ?? "lost")
    }

    /// Logs an outage. A message other than the last one is logged at once.
    private func report(_ report: Trouble.Report?, _ trouble: Logger.Message, _ reason: String) {
        var metadata: Logger.Metadata = ["reason": "\(reason)", "connection": "\(applicationName)"]
        switch report {
        case .lasts(let seconds):
            metadata["seconds"] = "\(seconds)"
            logger.warning("still \(trouble)", metadata: metadata)
        case .begins, nil:
            guard reportsAtOnce, reportedTrouble != "\(trouble)" else { return }
            logger.warning(trouble, metadata: metadata)
        }
        reportedTrouble = "\(trouble)"
    }

    private func found(now: Instant) {
        guard let seconds = outage.ends(at: now), reportedTrouble != nil else { return }
        reportedTrouble = nil
        logger.notice(
            "the database is available again", metadata: ["seconds": "\(seconds)", "connection": "\(applicationName)"])
    }
}

extension Result where Failure == PostgresError {
    fileprivate var error: PostgresError? {
        if case .failure(let error) = self { error } else { nil }
    }
}
