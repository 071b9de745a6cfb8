package import Logging
import Postgres
import Store
package import System

/// The loop between the outbox and deliverPostback. It decides how much is sent and when; PostgreSQL builds each line,
/// the warm deliverPostback answers it, and PostgreSQL stores the answers in batches. It is one loop on one thread. The
/// call of `wait` is the only place where it blocks.
package final class Poller {
    let settings: PollerSettings
    let logger: Logger
    let log: PollerLog
    let signals: SignalDescriptor
    let link: DatabaseLink
    let process: DeliveryProcess
    let upkeep: Upkeep
    let search: OutboxSearch
    /// Nil if no alerts are sent.
    let alerts: Alerts?
    var slots: DestinationSlots
    var health = SendingHealth()
    var keyDoubts = KeyDoubts()
    var rhythm = Rhythm()
    var lineRoom = LineRoom()
    var heartbeat = Heartbeat(startTime: Instant.now)

    /// The claims in flight, by the id of their line.
    var inFlight: [String: Flight] = [:]
    /// When `endLeases` looks next.
    var nextLeaseCheck: Instant = .distantPast
    /// Answers that the database has not stored yet.
    var answers: [Answer] = []
    /// Whether some answers could not be stored. The poller then claims nothing until they are stored. Otherwise it
    /// could claim deliveries that have an answer but whose leases have run out, and send them again.
    var areAnswersStuck = false
    var work: Work?
    var leasesToRelease: [Outbox.Release] = []
    /// When the first signal came; `.distantPast` after a second one, which ends the poller at once.
    var stopTime: Instant?
    /// The longest time that a claim may take. Every lease is at least 10 seconds longer than the longest attempt, and
    /// this is half of that.
    static let claimTime: Duration = .seconds(5)
    /// The poller sends nothing to the database before this time. A failed call sets it, so that the call is not
    /// repeated without a pause.
    var pauseEnd: Instant = .distantPast

    struct Flight {
        let claim: Outbox.Claim
        let start: Instant
        let leaseEnd: Instant
        /// The ids of the keys under which its secrets are sealed.
        let keys: Set<String>
    }

    /// The round trip that is under way.
    struct Work {
        let startTime: Instant
        var release: RoundTrip.Ticket<ReleaseDeliveries>?
        /// The answers that `complete` stores.
        var answers: [Answer] = []
        var complete: RoundTrip.Ticket<CompleteDeliveries>?
        var mark: RoundTrip.Ticket<MarkDestinations>?
        var claim: RoundTrip.Ticket<ClaimDeliveries>?
        var look: (kind: Rhythm.Look, ticket: RoundTrip.Ticket<FindDueDestinations>)?
        var beat: RoundTrip.Ticket<RecordHeartbeat>?

        var released: [Outbox.Release] { release?.stored.leases ?? [] }
    }

    /// An executable that takes the lines of deliverPostback, and its environment.
    package struct DeliveryProgram {
        package let path: String
        package let environment: [String: String]
        /// Whether another file at the path takes over as soon as it is there.
        package let isFollowed: Bool

        package init(_ path: String, environment: [String: String], isFollowed: Bool = false) {
            self.path = path
            self.environment = environment
            self.isFollowed = isFollowed
        }
    }

    /// `program` sends the postbacks, and `local` sends the alerts. Both are deliverPostback, unless a platform runs
    /// that for the postbacks. The first signal stops the poller in good order; a second one stops it at once.
    package init(
        _ settings: PollerSettings, program: DeliveryProgram, local: DeliveryProgram, signals: SignalDescriptor,
        logger: Logger
    ) {
        self.settings = settings
        self.logger = logger
        log = PollerLog(logger, now: Instant.now)
        self.signals = signals
        link = DatabaseLink(
            settings.connectionString, applicationName: "postbacks poller",
            setup: Outbox.pollingSession(longest: settings.lease), answerTime: settings.lease + .seconds(5),
            reportsAtOnce: true,
            logger: logger)
        upkeep = Upkeep(settings, log: log)
        search = OutboxSearch(settings, log: log)
        alerts = Alerts(settings, program: local, log: log)
        process = DeliveryProcess(program, logger: logger)
        let limits = SlotLimits(
            slots: settings.concurrency, perDestination: settings.destinationConcurrency, openFiles: OpenFiles.limit)
        if limits.slots < settings.concurrency {
            logger.warning(
                "the limit of open files allows fewer requests in flight than POSTBACKS_CONCURRENCY; raise it (ulimit -n)",
                metadata: ["openFiles": "\(OpenFiles.limit)", "requests": "\(limits.slots)"])
        }
        slots = DestinationSlots(limits)
    }

    /// Runs until a signal stops it and every request in flight has ended. A second signal stops it at once. `mayGoOn` is
    /// called before each turn; a false has the effect of a signal.
    package func run(whileTrue mayGoOn: () -> Bool = { true }) throws(SystemError) {
        logger.info("poller started")
        while true {
            let now = Instant.now
            if !mayGoOn() { stop(now: now) }
            turn(now: now)
            if isDone(now: now) { break }
            var interests: [Interest] = [.read(signals.descriptor)]
            interests += link.interests + process.interests + upkeep.interests + (alerts?.interests ?? [])
            interests += search.interests
            _ = try wait(for: interests, atMost: waitTime(now: .now))
            for _ in try signals.readPending() { stop(now: now) }
        }
        if stopTime != .distantPast { try alerts?.finish(unanswered: inFlight.count, signals: signals) }
        log.summarize(nil, now: Instant.now)
        leave()
        reportEnd()
    }

    func turn(now: Instant) {
        if link.advance(now: now) {
            rhythm.wake(now: now)
            log.connected()
        }
        let notifications = link.takeNotifications()
        if !notifications.isEmpty { rhythm.wake(now: now) }
        for postback in notifications.compactMap(Outbox.resumedPostback) { log.resumed(postback) }
        if work != nil, let answers = link.answers(now: now) { handle(answers, now: now) }
        if !link.isUp, let work { giveUp(work) }

        if process.isReplaced(now: now) { handOver() }
        let turn = process.advance(now: now)
        for line in turn.formerLines { handle(line, isOfFormer: true, now: now) }
        loseLines(turn.formerIDs, now: now)
        for line in turn.lines { handle(line, now: now) }
        if let end = turn.end { handle(end, now: now) }
        leasesToRelease += slots.overdue(at: now).map { Outbox.Release($0) }
        endLeases(now: now)
        if work == nil { startWork(now: now) }
        // After the answers are on their way to the database: they make room.
        if stopTime == nil { begin(now: now) }
        searchApart(now: now)
        upkeep.advance(now: now, isStopping: stopTime != nil)
        alerts?.advance(now: now)
        log.turn(now: now)
    }

    func stop(now: Instant) {
        guard stopTime == nil else {
            if now > (stopTime ?? now) { stopTime = .distantPast }
            return
        }
        reportStop()
        stopTime = now
        releaseUnsent(process.close(), now: now)
        leasesToRelease += slots.overdue(at: .distantFuture).map { Outbox.Release($0) }
    }

    func isDone(now: Instant) -> Bool {
        guard let stopTime else { return false }
        if stopTime == .distantPast || now - stopTime > settings.stopDeadline {
            process.killAll("it did not finish in time")
            return true
        }
        return inFlight.isEmpty && answers.isEmpty && leasesToRelease.isEmpty && work == nil && !upkeep.isUrgent
    }

    /// How long the next wait may be.
    func waitTime(now: Instant) -> Duration {
        var times = [now + .seconds(1)]
        if let time = link.wakeTime(now: now) { times.append(time) }
        if let time = process.wakeTime { times.append(time) }
        if now < pauseEnd {
            times.append(pauseEnd)
            return waitTime(until: times, now: now)
        }
        if link.idleConnection != nil, stopTime == nil {
            times.append(rhythm.nextLook)
            if !search.isConnecting { times.append(rhythm.nextLookApart) }
            if let time = search.wakeTime(now: now) { times.append(time) }
            if let time = health.wakeTime(after: now) { times.append(time) }
            if let time = slots.wakeTime(after: now) { times.append(time) }
        }
        if link.idleConnection != nil, !answers.isEmpty || !leasesToRelease.isEmpty { times.append(now) }
        return waitTime(until: times, now: now)
    }

    private func waitTime(until times: [Instant], now: Instant) -> Duration { max((times.min() ?? now) - now, .zero) }
}
