import Store

/// What is free of all slots, and for whom. Made anew from what is in flight for each round of claiming or starting.
struct SlotRoom {
    private let total: Int
    private var inFlight = 0
    private var waiting = 0
    private var retries = 0
    private var retriesInFlight = 0
    /// What destinations hold of which it is not known that they answer.
    private var unknown = 0
    private var poor = 0

    init(total: Int, _ destinations: [Int: DestinationState], at now: Int64) {
        self.total = total
        for state in destinations.values where state.held > 0 {
            inFlight += state.inFlight
            waiting += state.waiting.count
            retries += state.retriesHeld
            retriesInFlight += state.retriesInFlight
            switch state.standing(at: now) {
            case .answering: break
            case .unknown: unknown += state.held
            case .poor: poor += state.held
            }
        }
    }

    /// How many may be claimed at most: what can start, and as much again to wait.
    var claimable: Int { max(0, total - inFlight - waiting) + max(0, total - waiting) }

    /// How many to claim for a destination, and how many of them may be retries; nil for none.
    func share(of state: DestinationState, most: Int, at now: Int64) -> (free: Int, retries: Int)? {
        guard state.owesFirst || state.owesRetries else { return nil }
        let limit = state.limit(newcomers: newcomers(holding: state.held), at: now)
        var free = min(limit - state.held, total - inFlight - waiting, allowance(state.standing(at: now)))
        var retryLimit = SlotRoom.forRetries(limit)
        if state.isFlowing(at: now) {
            free = max(free, 0) + min(min(2 * limit - state.held, limit), total - waiting)
            free = min(free, 2 * limit - state.held)
            retryLimit *= 2
        }
        let paced = state.reputation.pace.starts(at: now)
        if paced < .max { free = min(free, paced - state.waiting.count) }
        free = min(free, most)
        guard free > 0 else { return nil }
        var again = min(free, retryLimit - state.retriesHeld, 2 * SlotRoom.forRetries(total) - retries)
        again = state.owesRetries ? max(again, 0) : 0
        if !state.owesFirst { free = again }
        return free > 0 ? (free, again) : nil
    }

    mutating func take(_ share: (free: Int, retries: Int), of state: DestinationState, at now: Int64) {
        waiting += share.free
        retries += share.retries
        hold(share.free, for: state, at: now)
    }

    /// Whether one that waits for a destination may start; nil for no, else whether it may be a retry.
    func start(of state: DestinationState, at now: Int64) -> Bool? {
        // What an unknown one was granted it may start.
        let limit = state.limit(newcomers: .max, at: now)
        guard inFlight < total, state.inFlight < limit, state.reputation.pace.starts(at: now) > 0 else { return nil }
        return state.retriesInFlight < SlotRoom.forRetries(limit) && retriesInFlight < SlotRoom.forRetries(total)
    }

    mutating func started(_ claim: Outbox.Claim) {
        inFlight += 1
        waiting -= 1
        if claim.isRetry { retriesInFlight += 1 }
    }

    /// How many an unknown destination that holds some already may have in all.
    private func newcomers(holding held: Int) -> Int { max(1, held + total / 8 - unknown) }

    private func allowance(_ standing: DestinationState.Standing) -> Int {
        switch standing {
        case .answering: .max
        case .unknown: max(1, total / 2) - unknown - poor
        case .poor: min(max(1, total / 4) - poor, max(1, total / 2) - unknown - poor)
        }
    }

    private mutating func hold(_ count: Int, for state: DestinationState, at now: Int64) {
        switch state.standing(at: now) {
        case .answering: break
        case .unknown: unknown += count
        case .poor: poor += count
        }
    }

    private static func forRetries(_ slots: Int) -> Int { max(1, slots * 3 / 4) }
}
