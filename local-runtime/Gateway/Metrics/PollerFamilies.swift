import Store

/// The counters of the pollers as families of metrics.
enum PollerFamilies {
    private static let help = [
        "attempts_total": "Attempts, by outcome and error.",
        "deliveries_finished_total": "Deliveries that have ended, by outcome.",
        "attempt_duration_seconds": "How long attempts took, by phase.",
        "delivery_first_attempt_seconds": "From becoming owed to the beginning of the first attempt.",
        "delivery_completion_seconds": "From becoming owed to the end of the last attempt.",
        "leases_lost_total": "Leases of pollers that ended before their answers were stored.",
        "answers_fenced_total": "Late answers of lost leases, which changed nothing.",
        "platform_failures_total": "Calls of deliverPostback that a FaaS platform did not answer, by reason.",
        "targets_refused_total": "Attempts whose address may not be dialled.",
        "database_reconnects_total": "Connections of pollers to the database after their first.",
    ]

    /// `counters` is in the order of names and labels.
    static func make(_ counters: [ListCounters.Counter]) -> [MetricFamily] {
        var families: [String: MetricFamily] = [:]
        for counter in counters.sorted(by: { bound($0) < bound($1) }) {
            let name = family(of: counter.name)
            // A counter of a later version has no help here, and is left out.
            guard let text = help[name] else { continue }
            let kind: MetricFamily.Kind = name == counter.name ? .counter : .histogram
            families[name, default: MetricFamily(name, kind, text)].add(counter)
        }
        return families.sorted { $0.key < $1.key }.map(\.value)
    }

    private static func family(of name: String) -> String {
        for ending in ["_bucket", "_sum", "_count"] where name.hasSuffix(ending) {
            return String(name.dropLast(ending.count))
        }
        return name
    }

    /// The upper bound of a histogram's bucket, by which buckets are ordered; that of other values keeps them behind.
    private static func bound(_ counter: ListCounters.Counter) -> Double {
        guard let text = counter.labels.split(separator: "le=\"").last?.split(separator: "\"").first,
            counter.name.hasSuffix("_bucket")
        else { return .infinity }
        return Double(text) ?? .greatestFiniteMagnitude
    }
}

extension MetricFamily {
    fileprivate mutating func add(_ counter: ListCounters.Counter) {
        lines.append("postbacks_\(counter.name)\(counter.labels.isEmpty ? "" : "{\(counter.labels)}") \(counter.value)")
    }
}
