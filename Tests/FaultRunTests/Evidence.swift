import FaultLedger

/// Two conversions, each owed to two postbacks. Delivery 11 went out at once; 12 was retried; 21 was lost with its lease
/// and sent again; 22 is dead.
struct Evidence {
    var account = Account()
    var books = Books()
    var sightings: [Sighting] = []
    var bounds = Ledger.Bounds(attempts: 2, repeats: 1)

    init() {
        account.offered = ["t1", "t2", "t3"]
        account.answers["t1"] = Account.Answer(conversion: 1, deliveries: [11, 12], at: 1)
        account.answers["t2"] = Account.Answer(conversion: 2, deliveries: [], at: 1)
        books.conversions = [
            .init(id: 1, offer: "o", transaction: "t1", sequence: 1),
            .init(id: 2, offer: "o", transaction: "t2", sequence: 1),
        ]
        books.events = [
            .init(id: 101, conversion: 1, sequence: 1, status: "pending"),
            .init(id: 102, conversion: 2, sequence: 1, status: "pending"),
        ]
        books.postbacks = [
            .init(id: 1, offer: "o", status: "pending"), .init(id: 2, offer: "o", status: "pending"),
            .init(id: 3, offer: "other", status: "pending"), .init(id: 4, offer: "o", status: "done"),
        ]
        books.deliveries = [
            .init(id: 11, event: 101, postback: 1, state: "delivered", lease: 1, isLeased: false, attempts: 1),
            .init(id: 12, event: 101, postback: 2, state: "delivered", lease: 2, isLeased: false, attempts: 2),
            .init(id: 21, event: 102, postback: 1, state: "delivered", lease: 2, isLeased: false, attempts: 2),
            .init(id: 22, event: 102, postback: 2, state: "dead", lease: 2, isLeased: false, attempts: 2),
        ]
        books.attempts = [
            .init(delivery: 11, lease: 1, number: 1, outcome: "delivered"),
            .init(delivery: 12, lease: 1, number: 1, outcome: "retry"),
            .init(delivery: 12, lease: 2, number: 2, outcome: "delivered"),
            .init(delivery: 21, lease: 1, number: 1, outcome: "unknown"),
            .init(delivery: 21, lease: 2, number: 2, outcome: "delivered"),
            .init(delivery: 22, lease: 1, number: 1, outcome: "retry"),
            .init(delivery: 22, lease: 2, number: 2, outcome: "retry"),
        ]
        sightings = [(11, 1), (12, 1), (12, 2), (21, 1), (21, 2), (22, 1), (22, 2)].map {
            Sighting(delivery: $0, attempt: $1, digest: "of \($0)", at: 1, answer: .given)
        }
    }

    /// What the statistics count; nil if they agree with the attempts.
    var counts: [Books.Count]?

    var ledger: Ledger {
        var books = books
        books.counts = counts ?? rightCounts
        return Ledger(account: account, books: books, sightings: sightings, bounds: bounds)
    }

    /// One count for each attempt.
    var rightCounts: [Books.Count] {
        books.attempts.compactMap { attempt in
            books.deliveries.first { $0.id == attempt.delivery }.map {
                Books.Count(postback: $0.postback, outcome: attempt.outcome, attempts: 1)
            }
        }
    }
    var broken: Set<Invariant> { Set(ledger.breaches.map(\.invariant)) }
}
