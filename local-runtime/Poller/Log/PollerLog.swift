import Logging
import Store
import System

/// The log of a poller about deliveries, postbacks and destinations: each event that an operator has to know of, but at
/// most `linesPerSecond` lines a second, and a summary every minute. No line contains a secret, a body or more of a URL
/// than scheme, host and port. It also counts these events, for the heartbeats.
final class PollerLog {
    let logger: Logger
    private var budget = LineBudget<Kind>(perSecond: PollerLog.linesPerSecond)
    /// The counts since the poller started.
    private(set) var counts = PollerCounts()
    var metrics = PollerMetrics()
    private var hasConnected = false
    private var recent: Recent
    private var troubles: [String: KnownTrouble] = [:]

    static let linesPerSecond = 20
    static let unreadableCompletion = "answers are stored, but their results cannot be read"

    private enum Kind: String {
        case dead, failed, paused, blocked
        /// Leased deliveries that cannot be read.
        case unreadable
        /// Lines of the delivery process that answer no delivery.
        case stray
        /// Failures that recur with another reason than before.
        case reasons
    }

    private struct KnownTrouble {
        var trouble = Trouble()
        var last: Instant
        var reason: String
    }

    init(_ logger: Logger, now: Instant) {
        self.logger = logger
        recent = Recent(since: now, counts)
    }

    /// To be called in each turn. Logs how many lines were left out in a second that is over.
    func turn(now: Instant) {
        let leftOut = budget.takeLeftOut(at: now)
        guard !leftOut.isEmpty else { return }
        let counts = leftOut.map { ($0.rawValue, Logger.MetadataValue.stringConvertible($1)) }
        logger.warning(
            "log lines were left out: at most \(PollerLog.linesPerSecond) are written in a second",
            metadata: Dictionary(uniqueKeysWithValues: counts))
    }

    /// Logs the result of a stored batch of answers.
    func completed(_ completion: CompleteDeliveries.Answer, now: Instant) {
        counts.add(completion)
        metrics.completed(completion)
        for failure in completion.failures { logFailure(failure, now: now) }
        let loggedDead = completion.failures.count { $0.state == .dead }
        budget.leaveOut(completion.dead - loggedDead, .dead)
        budget.leaveOut(completion.failed - (completion.failures.count - loggedDead), .failed)
        for pause in completion.pauses { paused(pause, now: now) }
    }

    /// Logs the deliveries that a claim has ended.
    func ended(_ deliveries: [Outbox.EndedDelivery], now: Instant) {
        counts.add(deliveries)
        metrics.ended(deliveries)
        for failure in deliveries.compactMap(\.failure) { logFailure(failure, now: now) }
    }

    /// Counts the connections to the database after the first.
    func connected() {
        if hasConnected { metrics.reconnects += 1 }
        hasConnected = true
    }

    /// Counts deliveries that the poller has claimed.
    func claimed(_ count: Int) { counts.claimed += count }

    /// Logs a leased delivery that cannot be read.
    func unreadable(_ claim: Outbox.UnreadableClaim, now: Instant) {
        guard budget.mayWrite(.unreadable, at: now) else { return }
        var metadata: Logger.Metadata = ["reason": "\(claim.error)"]
        metadata["delivery"] = claim.delivery.map { "\($0)" }
        logger.error("a delivery cannot be read and waits for an hour", metadata: metadata)
    }

    private func logFailure(_ failure: Outbox.FailedDelivery, now: Instant) {
        let isDead = failure.state == .dead
        guard budget.mayWrite(isDead ? .dead : .failed, at: now) else { return }
        logger.log(
            level: isDead ? .warning : .info, isDead ? "a delivery is dead" : "a delivery failed",
            metadata: [
                "delivery": "\(failure.delivery)", "postback": "\(failure.postback)",
                "conversion": "\(failure.conversion)", "destination": "\(failure.destination)",
                "code": "\(failure.code ?? "")", "attempts": "\(failure.attempts)",
            ])
    }

    func paused(_ pause: Outbox.Pause, now: Instant) {
        guard budget.mayWrite(.paused, at: now) else { return }
        logger.notice(
            "a postback is paused; its deliveries are held until it is resumed (updatePostback)",
            metadata: [
                "postback": "\(pause.postback)", "offer": "\(pause.offer ?? "*")", "reason": "\(pause.reason)",
                "affiliate": "\(pause.affiliate ?? "*")",
            ])
    }

    /// Logs how many rows a pass over the history has dropped.
    func dropped(_ total: HistoryPass.Total) {
        logger.info(
            "old history was dropped",
            metadata: ["conversions": "\(total.conversions)", "deliveries": "\(total.deliveries)"])
    }

    /// Logs that somebody has resumed a postback.
    func resumed(_ postback: Int) {
        logger.notice("a postback is resumed; its held deliveries are due", metadata: ["postback": "\(postback)"])
    }

    func blocked(_ status: Outbox.DestinationStatus, now: Instant) {
        guard budget.mayWrite(.blocked, at: now) else { return }
        logger.warning(
            "a destination does not answer and gets no requests for a while",
            metadata: [
                "destination": "\(status.origin)", "failures": "\(status.failures)",
                "milliseconds": "\(status.blocked.wholeMilliseconds)",
            ])
    }

    func stray(bytes: Int, now: Instant) {
        guard budget.mayWrite(.stray, at: now) else { return }
        logger.error("the delivery process wrote a line that is not an answer", metadata: ["bytes": "\(bytes)"])
    }

    /// Logs an answer of the delivery process. `start` is the time at which the attempt was handed over.
    func attempted(_ claim: Outbox.Claim, _ answer: Answer, start: Instant, now: Instant) {
        recent.attempts.add(now - start)
        guard logger.logLevel <= .debug else { return }
        let result = AttemptResult(answer.line)
        var metadata: Logger.Metadata = [
            "delivery": "\(claim.delivery)", "postback": "\(claim.postback)", "conversion": "\(claim.conversion)",
            "attempt": "\(claim.attempt)", "outcome": "\(result.outcome)",
            "milliseconds": "\((now - start).wholeMilliseconds)",
        ]
        metadata["destination"] = result.origin.map { "\($0)" }
        metadata["status"] = result.status.map { "\($0)" }
        metadata["code"] = result.code.map { "\($0)" }
        logger.debug("an attempt", metadata: metadata)
    }

    /// Logs a failure that may recur: when it begins, every minute, and when its reason changes.
    func fails(_ message: String, _ reason: String, now: Instant) {
        var known = troubles[message] ?? KnownTrouble(last: now, reason: reason)
        // After a minute without the failure, the next one counts as new.
        if now - known.last > Trouble.interval { known.trouble = Trouble() }
        let report = known.trouble.occurs(at: now)
        if report != nil || known.reason != reason && budget.mayWrite(.reasons, at: now) {
            var metadata: Logger.Metadata = ["reason": "\(reason)"]
            if case .lasts(let seconds)? = report { metadata["seconds"] = "\(seconds)" }
            logger.error("\(message)", metadata: metadata)
            known.reason = reason
        }
        known.last = now
        troubles[message] = known
    }

    /// Logs what has happened since the last summary, unless nothing has and nothing is due. `backlog` is nil if it is
    /// not known.
    func summarize(_ backlog: Outbox.Backlog?, now: Instant) {
        defer { recent = Recent(since: now, counts) }
        guard recent.isBusy(counts) || backlog?.oldestDueSeconds != nil else { return }
        logger.info("deliveries since the last summary", metadata: recent.metadata(counts, backlog, now: now))
    }
}

/// The events since a time.
private struct Recent {
    let since: Instant
    /// The counts at that time.
    private let before: PollerCounts
    /// The times from handing an attempt to the delivery process to its answer.
    var attempts = Durations()

    init(since: Instant, _ counts: PollerCounts) {
        self.since = since
        before = counts
    }

    func isBusy(_ counts: PollerCounts) -> Bool {
        let new = counts.since(before)
        return attempts.count > 0 || new.delivered + new.retried + new.dead + new.failed + new.skipped > 0
    }

    func metadata(_ counts: PollerCounts, _ backlog: Outbox.Backlog?, now: Instant) -> Logger.Metadata {
        let new = counts.since(before)
        var metadata: Logger.Metadata = [
            "seconds": "\(Int((now - since).seconds.rounded()))", "delivered": "\(new.delivered)",
            "retried": "\(new.retried)", "dead": "\(new.dead)", "failed": "\(new.failed)",
            "skipped": "\(new.skipped)",
        ]
        if let backlog {
            let limit = Outbox.Backlog.countLimit
            metadata["owed"] = "\(backlog.owed < limit ? "\(backlog.owed)" : "\(limit) or more")"
            metadata["oldestDueSeconds"] = "\(backlog.oldestDueSeconds ?? 0)"
        }
        metadata["attemptP99Milliseconds"] = attempts.percentile(99).map { "\(Int($0.rounded(.up)))" }
        return metadata
    }
}
