/// Compares the attempts with the states of their deliveries.
extension Ledger {
    /// I5: only the answer of the last lease counts. A state that the last attempt does not explain came from another
    /// lease.
    var contradictions: [Breach] {
        var unexplained: [Int] = []
        var miscounted: [Int] = []
        for delivery in books.deliveries {
            let attempts = attemptsByDelivery[delivery.id, default: []].sorted { $0.lease < $1.lease }
            let last = attempts.last
            if delivery.attempts != attempts.count(where: { !$0.isProbe }) { miscounted.append(delivery.id) }
            let explained =
                switch delivery.state {
                case "delivered", "failed", "skipped":
                    last?.outcome == delivery.state && last?.lease == delivery.lease
                case "dead": ["retry", "unknown"].contains(last?.outcome)
                case "cancelled": true
                default: last.map { ["retry", "unknown"].contains($0.outcome) && $0.lease <= delivery.lease } ?? true
                }
            if !explained { unexplained.append(delivery.id) }
        }
        let known = Set(books.deliveries.map(\.id))
        let orphans = Set(attemptsByDelivery.keys).subtracting(known)
        var breaches: [Breach] = []
        breaches.add(.fenced, "the last attempt does not explain the state", unexplained)
        breaches.add(.fenced, "a delivery counts other attempts than are recorded", miscounted)
        breaches.add(.fenced, "attempts of deliveries that are not there", Array(orphans))
        return breaches
    }

    /// I6: each lease has one outcome.
    var doubleOutcomes: [Breach] {
        let doubled = attemptsByDelivery.filter { Set($0.value.map(\.lease)).count < $0.value.count }.keys
        var breaches: [Breach] = []
        breaches.add(.oneOutcome, "several outcomes of one lease", Array(doubled))
        return breaches
    }

    /// I7: lost attempts count too; probes do not.
    var tooManyAttempts: [Breach] {
        let many = attemptsByDelivery.filter { $0.value.count { !$0.isProbe } > bounds.attempts }.keys
        var breaches: [Breach] = []
        breaches.add(.attemptLimit, "more than \(bounds.attempts) attempts", Array(many))
        return breaches
    }

    /// I11: the statistics agree with the attempts, for each postback and outcome. The last attempt of a dead delivery is
    /// counted as dead; its own outcome is retry or unknown.
    var miscounts: [Breach] {
        struct Key: Hashable {
            let postback: Int
            let isInconclusive: Bool
            let outcome: String

            init(_ postback: Int, _ outcome: String) {
                self.postback = postback
                isInconclusive = ["retry", "unknown", "dead"].contains(outcome)
                self.outcome = isInconclusive ? "" : outcome
            }
        }
        let postbacks = Dictionary(books.deliveries.map { ($0.id, $0.postback) }) { first, _ in first }
        var difference: [Key: Int] = [:]
        for attempt in books.attempts {
            guard let postback = postbacks[attempt.delivery] else { continue }
            difference[Key(postback, attempt.outcome), default: 0] += 1
        }
        for count in books.counts { difference[Key(count.postback, count.outcome), default: 0] -= count.attempts }
        let wrong = Set(difference.filter { $0.value != 0 }.keys.map(\.postback))
        var breaches: [Breach] = []
        breaches.add(.counted, "postbacks of which the statistics count other attempts than are recorded", Array(wrong))
        return breaches
    }
}
