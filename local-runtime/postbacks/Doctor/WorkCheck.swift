import Postgres
import Store

/// Checks what is owed, who sends it, and what blocks it. Each question is a statement of its own, so that a login that
/// may not ask one of them still gets the others answered.
struct WorkCheck {
    private let connection: Connection

    init(_ connection: Connection) { self.connection = connection }

    /// How many postbacks and destinations are named at most.
    private static let limit = 10
    /// The seconds for which a delivery may be due before it is reported.
    private static let lag = 60

    func deliveries() throws(PostgresError) -> Finding {
        let counts = try connection.run(CountOwed()).map { "\($0.count) \($0.state.rawValue)" }
        return .good("deliveries", counts.isEmpty ? "nothing is owed" : counts.joined(separator: ", "))
    }

    func pollers() throws(PostgresError) -> Finding {
        let known = try connection.run(ListPollers())
        let alive = known.filter(\.isAlive)
        let due = try dueIfSeen()
        let waiting = "\(due.count) deliveries are due, the oldest for \(duration(due.seconds))"
        guard let first = alive.first else {
            let last = known.first.map { "; the last was seen \(duration($0.seconds)) ago" } ?? ""
            return due.count > 0
                ? .wrong("pollers", "no poller is running, and \(waiting)\(last); start one", run: "postbacks poll")
                : .notable("pollers", "no poller is running\(last); new deliveries are not sent")
        }
        let stuck = alive.compactMap(\.problem)
        if let problem = stuck.first {
            return .wrong("pollers", "\(stuck.count) of \(alive.count) pollers cannot send everything: \(problem)")
        }
        let versions = Set(alive.map(\.version)).sorted().joined(separator: ", ")
        let running = "\(alive.count) running (\(versions)), seen \(duration(first.seconds)) ago"
        if due.seconds > WorkCheck.lag { return .notable("pollers", "\(running), but \(waiting)") }
        return .good("pollers", running)
    }

    /// How many deliveries are due; zero if the login may not see destinations.
    private func dueIfSeen() throws(PostgresError) -> CountDue.Answer {
        do throws(PostgresError) {
            return try connection.run(CountDue())
        } catch {
            guard error.isForbidden else { throw error }
            return CountDue.Answer(count: 0, seconds: 0)
        }
    }

    /// Reports whether old history is dropped. `days` is nil if it is kept.
    func history(keptFor days: Int?) throws(PostgresError) -> Finding {
        let oldest = try connection.run(FindOldest()).map { "; the oldest conversion was recorded at \($0)" } ?? ""
        guard let days else { return .good("history", "all is kept (POSTBACKS_HISTORY_DAYS)\(oldest)") }
        return .good("history", "what is finished is dropped after \(days) days\(oldest)")
    }

    func paused() throws(PostgresError) -> [Finding] {
        let paused = try connection.run(ListPaused(limit: WorkCheck.limit))
        if paused.count == 0 { return [.good("paused", "no postback is")] }
        var findings = paused.first.map { postback in
            Finding.wrong(
                "paused",
                "postback \(postback.id)\(postback.affiliate.map { " of \($0)" } ?? "") since \(postback.since): \(postback.reason); held deliveries: \(postback.held); once its receiver works",
                run: "echo '{\"postbackId\":\(postback.id),\"resume\":true}' | postbacks invoke updatePostback")
        }
        if paused.count > findings.count {
            findings.append(.wrong("paused", "and \(paused.count - findings.count) more postbacks"))
        }
        return findings
    }

    /// The destinations that do not answer, or have asked for a pause.
    func destinations() throws(PostgresError) -> Finding {
        let blocked = try connection.run(ListBlocked(limit: WorkCheck.limit))
        if blocked.count == 0 { return .good("destinations", "none is blocked") }
        var parts = blocked.first.map { destination in
            let silence = destination.since.map { "no answer since \($0) (\(destination.failures) requests)" }
            let block = destination.until.map { "nothing is sent to it before \($0)" }
            return "\(destination.origin): " + [silence, block].compactMap(\.self).joined(separator: ", ")
        }
        if blocked.count > parts.count { parts.append("and \(blocked.count - parts.count) more") }
        return .notable("destinations", parts.joined(separator: "; "))
    }

    /// Whether alerts are configured, and whether they are delivered. `isSet` says whether this process has a
    /// POSTBACKS_ALERT_URL.
    func alerts(isSet: Bool) throws(PostgresError) -> Finding {
        let alerts = try connection.run(MeasureAlerts())
        let isSent = alerts.senderSeconds.map { $0 <= WorkCheck.lag } ?? false
        let waiting = "\(alerts.count) wait, the oldest for \(duration(alerts.seconds))"
        if alerts.attempts > 0 {
            let tried =
                "the receiver of POSTBACKS_ALERT_URL accepts no alerts: \(waiting), sent \(alerts.attempts) times without success"
            return .wrong("alerts", "\(tried); the poller's log says why")
        }
        if isSent {
            return alerts.seconds > WorkCheck.lag
                ? .notable("alerts", "a poller sends them, but \(waiting)") : .good("alerts", "a poller sends them")
        }
        if isSet {
            return .notable("alerts", "POSTBACKS_ALERT_URL is set here, but no poller that is running sends alerts")
        }
        return .good("alerts", "nobody is notified: no poller has a POSTBACKS_ALERT_URL")
    }

    /// Reports the keys with which functions are called over HTTP.
    func apiKeys() throws(PostgresError) -> Finding {
        let keys = try connection.run(ListKeys())
        let valid = keys.filter { $0.state == "valid" }
        if keys.isEmpty {
            return .good(
                "API keys", "there is none: the gateway serves its own machine only, and everything is open there")
        }
        let limited = valid.count { !$0.limits.isNone }
        let text =
            "\(valid.count) of \(keys.count) are valid"
            + (limited > 0 ? ", \(limited) of them for one affiliate or offer only" : "")
        guard valid.contains(where: { $0.scope == .manage && $0.limits.isNone }) else {
            return .notable(
                "API keys", "\(text), and none has the scope manage without a limit",
                run: "postbacks keys create --name NAME --scope manage")
        }
        return .good("API keys", text)
    }

    private func duration(_ seconds: Int) -> String {
        switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86400) days"
        }
    }
}
