import Store

/// What is free of all slots, and for whom. Made anew from what is in flight for each round of claiming or starting.
struct SlotRoom {
    private let total: Int
    private var inFlight = 0
    /// What waits here, and what of it only waits for a free slot; the rest was claimed ahead.
    private var waiting = 0
    private var starting = 0
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
            if !state.waiting.isEmpty {
                starting += min(state.waiting.count, max(0, state.limit(newcomers: .max, at: now) - state.inFlight))
            }
            retries += state.retriesHeld
            retriesInFlight += state.retriesInFlight
            hold(state.held, for: state, at: now)
        }
    }

    /// How much to claim for a destination.
    struct Share {
        /// What may start at once, and what takes the place of what ends.
        let starts: Int
        let ahead: Int
        /// How many of them may be retries.
        let retries: Int

        var free: Int { starts + ahead }
    }

    /// How many each of these destinations may have, if there is not room for what all want.
    func fairShare(among standings: [DestinationState.Standing]) -> Int {
        // Those that may not answer count for no more than they can be granted.
        let others = standings.count { $0 != .answering }
        let claimants = standings.count - others + min(others, max(1, allowance(.unknown)))
        let claimable = max(0, total - inFlight - starting) + max(0, total - waiting)
        return max(1, claimable / max(1, claimants))
    }

    /// How much to claim for a destination; nil for nothing.
    func share(of state: DestinationState, most: Int, at now: Int64) -> Share? {
        guard state.owesFirst || state.owesRetries else { return nil }
        let limit = state.limit(newcomers: newcomers(holding: state.held), at: now)
        let isFlowing = state.isFlowing(at: now)
        var starts = min(limit - state.held, total - inFlight - starting, allowance(state.standing(at: now)), most)
        let paced = state.reputation.pace.starts(at: now)
        if paced < .max { starts = min(starts, paced - state.waiting.count) }
        starts = max(starts, 0)
        var ahead =
            isFlowing ? max(min(2 * limit - state.held - starts, total - waiting - starts, most - starts), 0) : 0
        let retryLimit = isFlowing ? 2 : 1
        var retries = min(
            starts + ahead, retryLimit * SlotRoom.forRetries(limit) - state.retriesHeld,
            retryLimit * SlotRoom.forRetries(total) - self.retries)
        retries = state.owesRetries ? max(retries, 0) : 0
        if !state.owesFirst {
            starts = min(starts, retries)
            ahead = min(ahead, retries - starts)
        }
        return starts + ahead > 0 ? Share(starts: starts, ahead: ahead, retries: retries) : nil
    }

    mutating func take(_ share: Share, of state: DestinationState, at now: Int64) {
        waiting += share.free
        starting += share.starts
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
