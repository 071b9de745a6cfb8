import Store

/// The metrics of a poller for Prometheus. The heartbeats add them to counters that all pollers share.
struct PollerMetrics {
    /// Attempts by outcome and error code.
    private var attempts: [Kind: Int] = [:]
    private var finished: [String: Int] = [:]
    private var phases = Dictionary(
        uniqueKeysWithValues: AttemptFacts.Phase.allCases.map { ($0, Histogram(PollerMetrics.attemptBounds)) })
    private var firstAttempts = Histogram(PollerMetrics.waitBounds)
    private var completions = Histogram(PollerMetrics.completionBounds)
    private var fenced = 0
    /// Calls of deliverPostback that a platform failed, by reason.
    private var platformFailures: [String: Int] = [:]
    private(set) var leasesLost = 0
    var reconnects = 0

    /// The values that heartbeats have stored, by name and labels.
    private var stored: [String: Double] = [:]
    /// The heartbeat that is under way, or of which it is unknown whether it was stored. It is sent again unchanged.
    private var sent: (number: Int, increments: [RecordHeartbeat.Increment])?
    private var lastNumber = 0

    private struct Kind: Hashable {
        let outcome: String
        let error: String
    }

    private static let attemptBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20]
    private static let waitBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]
    private static let completionBounds: [Double] = [
        0.1, 0.5, 1, 5, 30, 120, 600, 1800, 7200, 21_600, 54_000, 86_400,
    ]

    mutating func attempted(_ facts: AttemptFacts) {
        attempts[Kind(outcome: facts.outcome, error: facts.errorCode ?? ""), default: 0] += 1
        for (phase, milliseconds) in facts.phases { phases[phase]?.add(milliseconds / 1000) }
    }

    mutating func completed(_ completion: CompleteDeliveries.Answer) {
        for (outcome, count) in [
            ("delivered", completion.delivered), ("failed", completion.failed), ("dead", completion.dead),
            ("skipped", completion.skipped),
        ] { finished[outcome, default: 0] += count }
        fenced += completion.fenced
        for milliseconds in completion.firstAttempts { firstAttempts.add(Double(milliseconds) / 1000) }
        for milliseconds in completion.completions { completions.add(Double(milliseconds) / 1000) }
    }

    /// Counts the deliveries that a claim has ended; a dead one among them lost its last lease.
    mutating func ended(_ deliveries: [Outbox.EndedDelivery]) {
        for delivery in deliveries { finished[delivery.isDead ? "dead" : "skipped", default: 0] += 1 }
    }

    mutating func lostLeases(_ count: Int) { leasesLost += count }

    /// `reason` is a word of small letters, digits and underscores.
    mutating func platformFailed(_ reason: String) { platformFailures[reason, default: 0] += 1 }

    /// The next heartbeat: its number, and the increments since the last one that was stored.
    mutating func beat() -> (number: Int, increments: [RecordHeartbeat.Increment]) {
        if let sent { return sent }
        lastNumber += 1
        let increments = values.compactMap { name, labels, value in
            let new = value - (stored["\(name){\(labels)}"] ?? 0)
            return new == 0 ? nil : RecordHeartbeat.Increment(name, labels: labels, new)
        }
        let beat = (number: lastNumber, increments: increments)
        sent = beat
        return beat
    }

    /// Notes that the database has stored the heartbeat.
    mutating func beatIsStored() {
        for increment in sent?.increments ?? [] {
            stored["\(increment.name){\(increment.labels)}", default: 0] += increment.value
        }
        sent = nil
    }

    /// All values since the start.
    private var values: [(name: String, labels: String, value: Double)] {
        var values: [(name: String, labels: String, value: Double)] = attempts.map { kind, count in
            ("attempts_total", "outcome=\"\(kind.outcome)\",error=\"\(kind.error)\"", Double(count))
        }
        values += finished.map { ("deliveries_finished_total", "outcome=\"\($0)\"", Double($1)) }
        values += platformFailures.map { ("platform_failures_total", "reason=\"\($0)\"", Double($1)) }
        for (phase, histogram) in phases {
            values += histogram.values("attempt_duration_seconds", labels: "phase=\"\(phase.rawValue)\",")
        }
        values += firstAttempts.values("delivery_first_attempt_seconds")
        values += completions.values("delivery_completion_seconds")
        let refused = attempts.filter { $0.key.error == "forbidden_target" }.values.reduce(0, +)
        for (name, count) in [
            ("leases_lost_total", leasesLost), ("answers_fenced_total", fenced), ("targets_refused_total", refused),
            ("database_reconnects_total", reconnects),
        ] { values.append((name, "", Double(count))) }
        return values
    }
}

/// The parts of an answer that are counted. They contain nothing that a receiver or an affiliate wrote.
struct AttemptFacts {
    let outcome: String
    /// A code of deliverPostback; nil for none.
    let errorCode: String?
    /// The durations in milliseconds of the phases that took place.
    let phases: [(Phase, Double)]

    enum Phase: String, CaseIterable {
        case dns, connect, tls
        case firstByte = "first_byte"
        case total

        /// The member of `timing` in an answer of deliverPostback.
        var member: String {
            switch self {
            case .dns: "dnsMs"
            case .connect: "connectMs"
            case .tls: "tlsMs"
            case .firstByte: "firstByteMs"
            case .total: "totalMs"
            }
        }
    }
}
