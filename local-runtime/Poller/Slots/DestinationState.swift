import Domain
import Store

/// A claimed delivery that starts as soon as there is a slot for it.
struct WaitingClaim {
    let claim: Outbox.Claim
    /// When the claim's answer came.
    let claimedAt: Int64
    /// The earliest time from which its lease counts.
    let leasedAt: Int64
}

/// A destination: the requests in flight to it, the claims that wait here, where to look for more, and its reputation.
/// It is also kept while nothing is owed. Times are monotonic nanoseconds.
struct DestinationState {
    var maximum: Int
    var reputation = Reputation()
    /// The requests in flight, the oldest first.
    private(set) var flights: [Flight] = []
    private(set) var retriesInFlight = 0
    private(set) var waiting: [WaitingClaim] = []
    var first: Owed
    var retries: Owed
    /// Bytes of the line that was claimed last.
    private(set) var lineBytes = 0

    struct Flight {
        let start: Int64
        let isRetry: Bool
        let bytes: Int
    }

    /// First attempts, or retries.
    struct Owed {
        /// Whether some may be due.
        var isDue = false
        /// A `due_at` before which no row can be claimed.
        var floor: String

        /// - Parameter due: the `due_at` of the first row that is due; nil for none.
        mutating func found(_ due: String?) {
            guard let due else { return }
            isDue = true
            floor = due
        }
    }

    /// How long a request without an answer holds its slot. After that it costs only a socket.
    static let silence: Int64 = 250_000_000
    /// How long after its last answer a destination counts as answering.
    private static let attention: Int64 = 1_000_000_000
    /// How long after its last answer a destination counts as so fast that claiming ahead pays.
    private static let flow: Int64 = 100_000_000

    /// - Parameter floor: the database's time when the destination was found.
    init(maximum: Int, floor: String) {
        self.maximum = maximum
        first = Owed(floor: floor)
        retries = Owed(floor: floor)
    }

    var held: Int { flights.count + waiting.count }
    var retriesWaiting: Int { waiting.count(where: \.claim.isRetry) }
    var isOwed: Bool { first.isDue || retries.isDue }
    var isIdle: Bool { flights.isEmpty && waiting.isEmpty && !isOwed }

    func health(at now: Int64) -> Health {
        if reputation.hasFailed || reputation.isHalfOpen { return .failing }
        let isWaiting = flights.first.map { $0.start <= now - DestinationState.silence } ?? false
        let memory = isWaiting ? DestinationState.silence : DestinationState.attention
        guard let answeredAt = reputation.answeredAt, answeredAt > now - memory else { return .unknown }
        return .answering
    }

    /// How many requests to it may be in flight.
    func limit(_ health: Health) -> Int {
        switch health {
        case .answering: min(reputation.window, maximum)
        case .unknown: min(2, maximum)
        case .failing: 1
        }
    }

    /// Whether a delivery that becomes due could start at once, as far as this destination goes.
    func isWorthALook(at now: Int64) -> Bool {
        let health = health(at: now)
        return health != .failing && held < limit(health) && !(first.isDue && retries.isDue)
    }

    /// Whether it answers so fast that claiming ahead pays.
    func isFlowing(_ health: Health, at now: Int64) -> Bool {
        guard health == .answering, let answeredAt = reputation.answeredAt else { return false }
        return answeredAt > now - DestinationState.flow && reputation.pace.interval == 0
    }

    /// When the next request gives its slot back because it has waited too long; nil for never.
    func slotEnd(after now: Int64) -> Int64? {
        flights.first { $0.start > now - DestinationState.silence }.map { $0.start + DestinationState.silence }
    }

    mutating func wait(_ claims: [Outbox.Claim], since now: Int64, leasedAt: Int64) {
        waiting += claims.map { WaitingClaim(claim: $0, claimedAt: now, leasedAt: leasedAt) }
        for claim in claims { look(from: claim) }
        lineBytes = claims.last?.line.count ?? lineBytes
    }

    /// The index of the first waiting claim, or of the first that is no retry.
    func next(retryAllowed: Bool) -> Int? { waiting.firstIndex { retryAllowed || !$0.claim.isRetry } }

    mutating func start(_ index: Int, at now: Int64) -> WaitingClaim {
        let next = waiting.remove(at: index)
        if next.claim.isRetry { retriesInFlight += 1 }
        flights.append(Flight(start: now, isRetry: next.claim.isRetry, bytes: next.claim.line.count))
        reputation.started(at: now)
        return next
    }

    mutating func ended(_ claim: Outbox.Claim, start: Int64, _ reaction: Reaction, at now: Int64) -> Reputation.News? {
        let inFlight = flights.count
        if let index = flights.firstIndex(where: { $0.start == start && $0.isRetry == claim.isRetry }) {
            flights.remove(at: index)
            if claim.isRetry { retriesInFlight -= 1 }
        }
        return reputation.ended(reaction, start: start, inFlight: inFlight, at: now)
    }

    /// Removes and returns the waiting claims that were claimed before a time.
    mutating func withdraw(claimedBefore time: Int64) -> [Outbox.Claim] {
        // The oldest come first.
        let rest = waiting.firstIndex { $0.claimedAt >= time } ?? waiting.count
        let withdrawn = waiting[..<rest].map(\.claim)
        waiting.removeFirst(rest)
        for claim in withdrawn.reversed() { look(from: claim) }
        return withdrawn
    }

    private mutating func look(from claim: Outbox.Claim) {
        if claim.isRetry { retries.floor = claim.dueAt } else { first.floor = claim.dueAt }
    }
}
