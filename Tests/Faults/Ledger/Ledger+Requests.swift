/// Compares the requests that receivers saw with the attempts.
extension Ledger {
    /// I2: every request has an attempt, and every delivered attempt was seen.
    var unrecordedRequests: [Breach] {
        let deliveries = Dictionary(books.deliveries.map { ($0.id, $0) }) { first, _ in first }
        var strange: [Int] = []
        var unrecorded: [Int] = []
        for (id, seen) in sightingsByDelivery {
            guard let delivery = deliveries[id] else {
                strange.append(id)
                continue
            }
            // A probe is seen by no receiver, unless its outcome is unknown.
            var recorded = attemptsByDelivery[id, default: []].filter { !$0.isProbe || $0.outcome == "unknown" }
                .map(\.number).counted
            // The attempt of an open lease is recorded when the lease ends.
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
        // In this case the answer of another attempt has decided.
        breaches.add(.fenced, "delivered, but the receiver did not accept that attempt", refused)
        return breaches
    }

    /// I3: the method, target and body do not change.
    var changedRequests: [Breach] {
        let changed = sightingsByDelivery.filter { Set($0.value.map(\.digest)).count > 1 }.keys
        var breaches: [Breach] = []
        breaches.add(.sameRequest, "another request went out under the same delivery id", Array(changed))
        return breaches
    }

    /// The deliveries of requests that were sent again without a recorded retry: the receiver may have accepted the one
    /// before.
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

    /// I4: the number of repeats is limited, and nothing is sent after an attempt that is recorded as delivered.
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
    /// The number of occurrences of each value.
    var counted: [Int: Int] { reduce(into: [:]) { $0[$1, default: 0] += 1 } }
}
