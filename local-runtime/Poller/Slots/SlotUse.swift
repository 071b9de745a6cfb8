import Store
import System

/// How many slots are held, by which destinations, and how many more each may take by the table of ceilings
/// (`DestinationHealth`). Counted anew for each round of claims or starts.
struct SlotUse {
    private let limits: SlotLimits
    private var slots = 0
    /// Slots held by destinations that are in doubt.
    private var doubtful = 0
    private var retries = 0
    private var inFlight = 0
    private var largeBytes = 0
    private var waiting = 0

    /// Counts the requests in flight. `busy` are the destinations that have some.
    init(
        _ limits: SlotLimits, _ states: [Int: DestinationState], _ busy: Set<Int>, _ answers: LastAnswers,
        at now: Instant
    ) {
        self.limits = limits
        for state in busy.lazy.compactMap({ states[$0] }) {
            let group = state.health(at: now).ceilings.group
            inFlight += state.flights.count
            for flight in state.flights {
                largeBytes += SlotLimits.large(flight.bytes)
                guard answers.holdsSlot(flight.start, group, at: now) else { continue }
                hold(1, group)
                if flight.isRetry { retries += 1 }
            }
        }
    }

    /// Counts the waiting claims; those that may start count as started.
    /// `ids` are the destinations that have some.
    mutating func addWaiting(_ states: [Int: DestinationState], _ ids: Set<Int>, at now: Instant) {
        let inFlight = self
        for state in ids.lazy.compactMap({ states[$0] }) where !state.waiting.isEmpty {
            let ceilings = state.health(at: now).ceilings
            waiting += state.waiting.count
            retries += state.retriesWaiting
            largeBytes += state.waiting.reduce(0) { $0 + SlotLimits.large($1.claim.line.count) }
            guard inFlight.fits(state.waiting[0].claim.line.count, ceilings.group) else { continue }
            let room = min(state.limit(ceilings) - state.flights.count, state.room)
            let starting = min(state.waiting.count, max(0, room))
            self.inFlight += starting
            hold(starting, ceilings.group)
        }
    }

    private mutating func hold(_ count: Int, _ group: Ceilings.Group) {
        slots += count
        if group == .doubtful { doubtful += count }
    }
}

/// How much to claim.
extension SlotUse {
    /// How much to claim for a destination.
    struct Share {
        /// How many may start at once.
        private(set) var starts: Int
        /// How many wait here to start when requests end.
        private(set) var ahead: Int
        /// How many of them may be retries.
        fileprivate(set) var retries = 0

        fileprivate init(starts: Int, ahead: Int) {
            self.starts = starts
            self.ahead = ahead
        }

        var free: Int { starts + ahead }

        fileprivate mutating func limit(to count: Int) {
            starts = min(starts, count)
            ahead = min(ahead, count - starts)
        }
    }

    /// How many each destination of a group may have if there is not room for all that they want. `count`
    /// destinations want some.
    func fairShare(of group: Ceilings.Group, among count: Int) -> Int {
        // Those that answer also share what may wait here.
        let ahead = group == .trusted ? max(0, limits.waiting - waiting) : 0
        return max(1, (free(group) + ahead) / max(1, count))
    }

    /// How much to claim for a destination; nil for nothing. `most` is its fair share.
    func share(of state: DestinationState, _ ceilings: Ceilings, most: Int, at now: Instant) -> Share? {
        let limit = state.limit(ceilings)
        let mostTaken = ceilings.timesTaken * limit
        guard state.isOwed, state.taken < mostTaken else { return nil }
        // A claim costs the server nearly as much for a few as for many. So the next one waits until half is used up.
        let mostAhead = min(mostTaken - limit, limits.waiting)
        if mostAhead > 0, state.waiting.count > mostAhead / 2 { return nil }

        let starts = starts(of: state, ceilings, most: most, at: now)
        let ahead = min(mostTaken - state.taken - starts, limits.waiting - waiting - starts, most - starts)
        var share = Share(starts: starts, ahead: ceilings.claimsAhead ? max(0, ahead) : 0)

        if SlotLimits.large(state.lineBytes) > 0 {
            let bytesLeft = limits.largeBytes(of: ceilings.group) - largeBytes
            share.limit(to: max(0, bytesLeft / state.lineBytes))
        }
        if state.retries.isDue {
            let ofDestination = ceilings.timesTaken * Ceilings.retries.of(limit) - state.retriesTaken
            // No more wait here than there are slots.
            let ofAll = min(ceilings.timesTaken, 2) * limits.retries - retries
            share.retries = max(0, min(share.free, ofDestination, ofAll))
        }
        if !state.first.isDue { share.limit(to: share.retries) }
        return share.free > 0 ? share : nil
    }

    /// How many of a claim may start at once.
    private func starts(of state: DestinationState, _ ceilings: Ceilings, most: Int, at now: Instant) -> Int {
        let room = min(state.limit(ceilings) - state.taken, state.room - state.waiting.count)
        var starts = min(room, free(ceilings.group), most)
        // If other destinations take each slot that becomes free, a destination with no request may still claim one
        // delivery, which then waits here for a slot.
        if state.taken == 0, starts <= 0, waiting < limits.waiting { starts = min(1, allowance(ceilings.group)) }
        let paced = state.pace.starts(at: now)
        if paced < .max { starts = min(starts, paced - state.waiting.count) }
        return max(0, starts)
    }

    mutating func take(_ share: Share, of state: DestinationState, _ group: Ceilings.Group) {
        waiting += share.free
        inFlight += share.starts
        retries += share.retries
        largeBytes += share.free * SlotLimits.large(state.lineBytes)
        hold(share.starts, group)
    }

    /// How many more requests to a group of destinations may start.
    private func free(_ group: Ceilings.Group) -> Int { min(limits.slots - slots, allowance(group)) }

    /// The number of requests to the group that may start, without regard to the number of free slots.
    private func allowance(_ group: Ceilings.Group) -> Int {
        let requests = limits.requests(of: group) - inFlight
        guard let slots = limits.slots(of: group) else { return requests }
        return min(slots - doubtful, requests)
    }
}

/// What to start.
extension SlotUse {
    /// The waiting claim of a destination that may start, and the destination's group; nil for none.
    func start(of state: DestinationState, at now: Instant) -> (index: Int, group: Ceilings.Group)? {
        let ceilings = state.health(at: now).ceilings
        let limit = state.limit(ceilings)
        guard state.flights.count < limit, state.room > 0, free(ceilings.group) > 0,
            state.pace.starts(at: now) > 0
        else { return nil }
        let retryAllowed = state.retriesInFlight < Ceilings.retries.of(limit) && retries < limits.retries
        guard let next = state.next(retryAllowed: retryAllowed) else { return nil }
        return fits(state.waiting[next].claim.line.count, ceilings.group) ? (next, ceilings.group) : nil
    }

    mutating func started(_ claim: Outbox.Claim, _ group: Ceilings.Group) {
        inFlight += 1
        largeBytes += SlotLimits.large(claim.line.count)
        if claim.isRetry { retries += 1 }
        hold(1, group)
    }

    private func fits(_ bytes: Int, _ group: Ceilings.Group) -> Bool {
        let large = SlotLimits.large(bytes)
        return large == 0 || largeBytes + large <= limits.largeBytes(of: group)
    }
}

/// The last answers of all destinations together. They show how far the delivery process is with its requests.
struct LastAnswers {
    /// When the last answer came.
    private var last: Instant = .distantPast
    /// When the most recently started of the answered requests was started.
    private var latestStart: Instant = .distantPast

    /// The time from which on all destinations are silent, unless another answer comes.
    var silence: Instant { last == .distantPast ? last : last + DestinationHealth.silence }

    mutating func came(to start: Instant, at now: Instant) {
        last = now
        latestStart = max(latestStart, start)
    }

    /// Whether a request that was started at `start` and waits for its answer holds its slot. `group` is the group of its
    /// destination.
    func holdsSlot(_ start: Instant, _ group: Ceilings.Group, at now: Instant) -> Bool {
        // While all answers are to requests that were started earlier, the delivery process is behind: it may not have
        // sent this one yet, and more requests would only wait longer.
        if start >= latestStart, now < silence { return true }
        if start <= now - DestinationHealth.silence { return false }
        // An answer to a later request shows that the process has sent this one. So a destination whose state is
        // unknown does not wait for hundreds of others that hang. A destination that answers may have many requests in
        // flight, and holds each slot for the whole time `silence`.
        return group == .trusted || start >= latestStart
    }
}
