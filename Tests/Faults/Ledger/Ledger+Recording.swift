/// I1: nothing that was confirmed is lost, and nothing is owed twice.
extension Ledger {
    /// Conversions that were confirmed and are missing, that exist and were never handed over, or that were refused
    /// although they are valid.
    var lostConversions: [Breach] {
        let known = Dictionary(grouping: books.conversions, by: \.transaction)
        var missing: [Int] = []
        var others: [Int] = []
        for (transaction, answer) in account.answers {
            guard let found = known[transaction] else {
                missing.append(answer.conversion)
                continue
            }
            if found.map(\.id) != [answer.conversion] { others.append(answer.conversion) }
        }
        let strays = books.conversions.filter { !account.offered.contains($0.transaction) }.map(\.id)
        var breaches: [Breach] = []
        breaches.add(.complete, "conversions were answered and are not there", missing)
        breaches.add(
            .complete, "transactions are recorded under another conversion than was answered, or twice", others)
        breaches.add(.complete, "conversions are there that nobody recorded", strays)
        let refusals = Set(account.refusals.values)
        if let refusal = refusals.sorted().first {
            breaches.append(Breach(.complete, "\(account.refusals.count) good conversions were refused: \(refusal)"))
        }
        return breaches
    }

    /// Each conversion has the events 1, 2, … up to its own sequence, each once. There are two if a change was
    /// confirmed, and one if no change was requested.
    var wrongEvents: [Breach] {
        let sequences = Dictionary(grouping: books.events, by: \.conversion).mapValues { $0.map(\.sequence).sorted() }
        let wrong = books.conversions.filter { sequences[$0.id] != Array(1...max(1, $0.sequence)) }.map(\.id)
        let strays = Set(sequences.keys).subtracting(books.conversions.map(\.id))
        let unchanged = account.changes.keys.filter { sequences[$0, default: []].count != 2 }
        let changed = sequences.filter { $0.value.count > 1 && !account.offeredChanges.contains($0.key) }.keys
        var breaches: [Breach] = []
        breaches.add(.complete, "changes of status were answered and are not there, conversions", unchanged)
        breaches.add(.complete, "changes of status that nobody asked for, conversions", Array(changed))
        breaches.add(.complete, "conversions without exactly their events", wrong)
        breaches.add(.complete, "events of conversions that are not there, conversions", Array(strays))
        return breaches
    }

    /// Each event owes exactly one delivery to each matching postback, and the deliveries in the answers exist.
    var wrongDeliveries: [Breach] {
        let offers = Dictionary(books.conversions.map { ($0.id, $0.offer) }) { first, _ in first }
        let matching = Dictionary(grouping: books.postbacks) { [$0.offer, $0.status] }
            .mapValues { $0.map(\.id).sorted() }
        let owed = Dictionary(grouping: books.deliveries, by: \.event)
        var lacking: [Int] = []
        var doubled: [Int] = []
        for event in books.events {
            let expected = matching[[offers[event.conversion] ?? "", event.status]] ?? []
            let found = owed[event.id, default: []].map(\.postback).sorted()
            if found == expected { continue }
            if Set(expected).subtracting(found).isEmpty {
                doubled += owed[event.id, default: []].map(\.id)
            } else {
                lacking.append(event.conversion)
            }
        }
        let strays = Set(owed.keys).subtracting(books.events.map(\.id)).flatMap { owed[$0, default: []].map(\.id) }
        let there = Set(books.deliveries.map(\.id))
        let answers = Array(account.answers.values) + Array(account.changes.values)
        let answered = answers.flatMap(\.deliveries).filter { !there.contains($0) }
        var breaches: [Breach] = []
        breaches.add(.complete, "conversions that owe less than they should", lacking)
        breaches.add(.complete, "deliveries that are owed twice, or to a postback that does not match", doubled)
        breaches.add(.complete, "deliveries of events that are not there", strays)
        breaches.add(.complete, "deliveries were answered and are not there", answered)
        return breaches
    }
}

extension [Breach] {
    mutating func add(_ invariant: Invariant, _ what: String, _ ids: [Int]) {
        if !ids.isEmpty { append(Breach(invariant, what, ids: ids)) }
    }
}
