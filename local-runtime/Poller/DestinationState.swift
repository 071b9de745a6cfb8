import Store

/// A claim that takes a place as soon as there is one.
struct WaitingClaim {
    let claim: Outbox.Claim
    /// When it came here.
    let claimedAt: Int64
    /// From when on its lease counts, at the earliest.
    let leasedAt: Int64
}

/// A destination to which something is owed: what is in flight, what waits here, and where to look for more.
struct DestinationState {
    var maximum: Int
    var reputation: Reputation
    /// When each request in flight was started, the oldest first.
    private(set) var starts: [Int64] = []
    private(set) var retriesInFlight = 0
    private(set) var waiting: [WaitingClaim] = []
    /// Whether first attempts may be due, and retries.
    var owesFirst = true
    var owesRetries = true
    var floor: String?
    var retryFloor: String?
    var sweptAt: Int64

    /// After so long without an answer a destination is not known to answer any more.
    static let attention: Int64 = 1_000_000_000
    /// How long a request may wait before its destination counts as silent.
    private static let silence: Int64 = 50_000_000
    /// How long a destination counts as answering so fast that claiming ahead pays.
    private static let flow: Int64 = 100_000_000

    init(maximum: Int, reputation: Reputation, at now: Int64) {
        self.maximum = maximum
        self.reputation = reputation
        sweptAt = now
    }

    enum Standing {
        /// It has answered within the last second.
        case answering
        /// Nobody knows yet, or any more.
        case unknown
        /// Its last request got no answer, or one in flight has been waiting for one for over a second.
        case poor
    }

    func standing(at now: Int64) -> Standing {
        if reputation.hasFailed || reputation.isHalfOpen || isSlow(at: now) { return .poor }
        guard let answeredAt = reputation.answeredAt, answeredAt > now - DestinationState.attention else {
            return .unknown
        }
        return .answering
    }

    /// Since when it has owed an answer without giving any; nil if it does not, or not for long.
    func silentSince(at now: Int64) -> Int64? {
        let limit = now - DestinationState.silence
        guard let oldest = starts.first, oldest < limit, reputation.answeredAt ?? .min < limit else { return nil }
        return oldest
    }

    var inFlight: Int { starts.count }
    var held: Int { starts.count + waiting.count }
    var retriesHeld: Int { retriesInFlight + waiting.count { $0.claim.isRetry } }
    var isIdle: Bool { starts.isEmpty && waiting.isEmpty && !owesFirst && !owesRetries }

    /// How many may be in flight.
    /// - Parameter newcomers: how many, if it is unknown.
    func limit(newcomers: Int, at now: Int64) -> Int {
        if reputation.hasFailed || reputation.isHalfOpen { return 1 }
        guard let answeredAt = reputation.answeredAt else { return min(newcomers, maximum) }
        let window = min(reputation.window, maximum)
        if answeredAt > now - DestinationState.attention { return window }
        // Silent for a second: nothing more while something hangs, and carefully after a rest.
        return isSlow(at: now) ? 0 : min(window, 2)
    }

    /// Whether what ends is soon followed by an answer to the next.
    func isFlowing(at now: Int64) -> Bool {
        guard let answeredAt = reputation.answeredAt else { return false }
        return answeredAt > now - DestinationState.flow && reputation.pace.interval == 0
            && standing(at: now) == .answering
    }

    mutating func wait(_ claims: [Outbox.Claim], since now: Int64, leasedAt: Int64) {
        waiting += claims.map { WaitingClaim(claim: $0, claimedAt: now, leasedAt: leasedAt) }
        for claim in claims {
            if claim.isRetry { retryFloor = claim.dueAt } else { floor = claim.dueAt }
        }
    }

    /// Starts the first that waits, or the first that is no retry.
    mutating func start(retryAllowed: Bool, at now: Int64) -> WaitingClaim? {
        guard let index = waiting.firstIndex(where: { retryAllowed || !$0.claim.isRetry }) else { return nil }
        let next = waiting.remove(at: index)
        starts.append(now)
        if next.claim.isRetry { retriesInFlight += 1 }
        reputation.started(at: now)
        return next
    }

    mutating func ended(_ claim: Outbox.Claim, start: Int64, _ reaction: Reaction, at now: Int64) -> Reputation.News? {
        let inFlight = inFlight
        if let index = starts.firstIndex(of: start) { starts.remove(at: index) }
        if claim.isRetry { retriesInFlight -= 1 }
        return reputation.ended(reaction, start: start, inFlight: inFlight, at: now)
    }

    /// Takes back what was claimed before a time and still waits.
    mutating func withdraw(claimedBefore time: Int64) -> [Outbox.Claim] {
        // The oldest stand in front.
        let rest = waiting.firstIndex { $0.claimedAt >= time } ?? waiting.count
        defer { waiting.removeFirst(rest) }
        return waiting[..<rest].map(\.claim)
    }

    private func isSlow(at now: Int64) -> Bool {
        guard let oldest = starts.first else { return false }
        return oldest <= now - DestinationState.attention
    }
}
