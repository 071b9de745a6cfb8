/// What the receivers saw, against the attempts.
extension Ledger {
    /// I2: no request without an attempt, no delivered one that nobody saw.
    var unrecordedRequests: [Breach] {
        let deliveries = Dictionary(books.deliveries.map { ($0.id, $0) }) { first, _ in first }
        var strange: [Int] = []
        var unrecorded: [Int] = []
        for (id, seen) in sightingsByDelivery {
            guard let delivery = deliveries[id] else {
                strange.append(id)
                continue
            }
            // Nobody has seen a probe, but for one of which it is not known.
            var recorded = attemptsByDelivery[id, default: []].filter { !$0.isProbe || $0.outcome == "unknown" }
                .map(\.number).counted
            // The attempt of a lease that is still open is recorded when that ends.
            if delivery.isLeased { recorded[delivery.attempts + 1, default: 0] += 1 }
            if seen.map(\.attempt).counted.contains(where: { $0.value > recorded[$0.key, default: 0] }) {
                unrecorded.append(id)
            }
        }
        var unseen: [Int] = []
        var cut: [Int] = []
        var refused: [Int] = []
        for attempt in books.attempts where attempt.outcome == "delivered" {
            let seen = sightingsByDelivery[attempt.delivery, default: []].filter { $0.attempt == attempt.number }
            if seen.isEmpty { unseen.append(attempt.delivery) }
            if !seen.isEmpty, seen.allSatisfy({ $0.answer == .cut }) { cut.append(attempt.delivery) }
            if !seen.isEmpty, seen.allSatisfy({ !(200...299).contains($0.status ?? 200) }) {
                refused.append(attempt.delivery)
            }
        }
        var breaches: [Breach] = []
        breaches.add(.recordedRequests, "requests with the ids of deliveries that are not there", strange)
        breaches.add(.recordedRequests, "more requests were seen than attempts are recorded", unrecorded)
        breaches.add(.recordedRequests, "delivered, but no receiver saw that attempt", unseen)
        breaches.add(.recordedRequests, "delivered, but the receiver's answer was cut off", cut)
        // Then the answer of another attempt has decided.
        breaches.add(.fenced, "delivered, but the receiver did not accept that attempt", refused)
        return breaches
    }

    /// I3: method, target and body do not change.
    var changedRequests: [Breach] {
        let changed = sightingsByDelivery.filter { Set($0.value.map(\.digest)).count > 1 }.keys
        var breaches: [Breach] = []
        breaches.add(.sameRequest, "another request went out under the same delivery id", Array(changed))
        return breaches
    }

    /// The requests that were sent again although nothing had asked for it: the receiver may have taken the one before.
    var repeats: [Int] {
        var repeats: [Int] = []
        for (id, seen) in sightingsByDelivery where seen.count > 1 {
            let retries = attemptsByDelivery[id, default: []].filter { $0.outcome == "retry" && !$0.isProbe }
            let retried = Set(retries.map(\.number))
            for sighting in seen.sorted(by: { $0.attempt < $1.attempt }).dropLast()
            where !retried.contains(sighting.attempt) {
                repeats.append(id)
            }
        }
        return repeats
    }

    /// I4: so many and no more; none behind an attempt that is recorded as accepted.
    var repeatBreaches: [Breach] {
        var breaches: [Breach] = []
        if repeats.count > bounds.repeats {
            breaches.append(
                Breach(.boundedRepeats, "\(repeats.count) repeats where \(bounds.repeats) are allowed", ids: repeats))
        }
        var again: [Int] = []
        for (id, attempts) in attemptsByDelivery {
            let accepted = attempts.filter { $0.outcome == "delivered" }.map(\.number).min() ?? .max
            if attempts.contains(where: { $0.number > accepted })
                || sightingsByDelivery[id, default: []].contains(where: { $0.attempt > accepted })
            {
                again.append(id)
            }
        }
        breaches.add(.boundedRepeats, "sent again although it was recorded as delivered", again)
        return breaches
    }
}

extension [Int] {
    /// How often each occurs.
    var counted: [Int: Int] { reduce(into: [:]) { $0[$1, default: 0] += 1 } }
}
