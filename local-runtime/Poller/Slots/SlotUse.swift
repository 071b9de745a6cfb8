import Store

/// The limits of what a poller may have in flight.
struct SlotLimits {
    /// Requests that hold a slot.
    let slots: Int
    /// Requests to one destination, unless its row has another number.
    let perDestination: Int
    /// All requests, including those in the waiting room.
    let requests: Int
    /// The most bytes of all lines that are larger than `largeLine`. The number of requests bounds the bytes of the
    /// others.
    let largeBytes = 64 << 20

    static let largeLine = 16 << 10

    /// - Parameter openFiles: the limit of open files of a delivery process; each request needs a socket.
    init(slots: Int, perDestination: Int, openFiles: Int = .max) {
        self.init(
            slots: slots, perDestination: perDestination,
            requests: min(4096, PollerSettings.requests(openFiles: openFiles)))
    }

    /// - Parameter requests: at most 4,096, the limit of one delivery process.
    init(slots: Int, perDestination: Int, requests: Int) {
        self.slots = min(slots, requests)
        self.perDestination = perDestination
        self.requests = requests
    }
}

/// The last answers of all destinations together.
struct LastAnswers {
    /// When the last answer came.
    private(set) var last: Int64 = .min
    /// When the most recently started of the answered requests was started.
    private(set) var latestStart: Int64 = .min

    /// The time from which on all destinations are silent, unless another answer comes.
    var silence: Int64 { last == .min ? .min : last + DestinationState.silence }

    mutating func came(to start: Int64, at now: Int64) {
        last = now
        latestStart = max(latestStart, start)
    }
}

/// How many slots are held, by which kinds of destinations, and how many more each may take. Counted anew for each
/// round of claims or starts.
struct SlotUse {
    private let limits: SlotLimits
    private var slots = 0
    /// Slots held by destinations that are not answering.
    private var doubtful = 0
    private var retries = 0
    private var inFlight = 0
    private var largeBytes = 0
    private var waiting = 0

    /// Counts the requests in flight.
    init(_ limits: SlotLimits, _ states: some Collection<DestinationState>, _ answers: LastAnswers, at now: Int64) {
        self.limits = limits
        let silent = now - DestinationState.silence
        // While all answers are to requests that were started earlier, the delivery process is behind.
        let behind = answers.silence > now ? answers.latestStart : .max
        for state in states where !state.flights.isEmpty {
            let health = state.health(at: now)
            inFlight += state.flights.count
            for flight in state.flights {
                largeBytes += SlotUse.large(flight.bytes)
                // An answer to a later request shows that the process has sent this one. A destination that answers
                // keeps its slots for the full 250 ms nevertheless: it may have many requests in flight.
                let isSent = health != .answering && flight.start < answers.latestStart
                guard flight.start >= behind || flight.start > silent && !isSent else { continue }
                hold(1, health)
                if flight.isRetry { retries += 1 }
            }
        }
    }

    /// Counts the waiting claims; those that may start count as started.
    mutating func addWaiting(_ states: some Collection<DestinationState>, at now: Int64) {
        let inFlight = self
        for state in states where !state.waiting.isEmpty {
            let health = state.health(at: now)
            waiting += state.waiting.count
            retries += state.retriesWaiting
            largeBytes += state.waiting.reduce(0) { $0 + SlotUse.large($1.claim.line.count) }
            guard inFlight.fits(state.waiting[0].claim.line.count, health) else { continue }
            let starting = min(state.waiting.count, max(0, state.limit(health) - state.flights.count))
            self.inFlight += starting
            hold(starting, health)
        }
    }

    /// How much to claim for a destination.
    struct Share {
        /// How many may start at once.
        let starts: Int
        /// How many wait here to start when requests end.
        let ahead: Int
        /// How many of them may be retries.
        let retries: Int

        var free: Int { starts + ahead }
    }

    /// How many each of these destinations may have if there is not room for all that they want.
    func fairShare(of health: Health, among healths: [Health]) -> Int {
        let isAnswering = health == .answering
        let claimable = free(health) + (isAnswering ? max(0, limits.slots - waiting) : 0)
        return max(1, claimable / max(1, healths.count { ($0 == .answering) == isAnswering }))
    }

    /// How much to claim for a destination; nil for nothing.
    func share(of state: DestinationState, _ health: Health, most: Int, at now: Int64) -> Share? {
        let limit = state.limit(health)
        let isFlowing = state.isFlowing(health, at: now)
        guard state.isOwed, state.held < (isFlowing ? 2 * limit : limit) else { return nil }
        var starts = min(limit - state.held, free(health), most)
        // If others take each slot that becomes free, a destination that has none may still claim one and wait for its
        // turn.
        if state.held == 0, starts <= 0, waiting < limits.slots { starts = min(1, allowance(health)) }
        let paced = state.reputation.pace.starts(at: now)
        if paced < .max { starts = min(starts, paced - state.waiting.count) }
        starts = max(starts, 0)
        var ahead =
            isFlowing
            ? max(min(2 * limit - state.held - starts, limits.slots - waiting - starts, most - starts), 0) : 0
        if SlotUse.large(state.lineBytes) > 0 {
            let fitting = max(0, (bytes(health) - largeBytes) / state.lineBytes)
            starts = min(starts, fitting)
            ahead = min(ahead, fitting - starts)
        }
        let times = isFlowing ? 2 : 1
        var retries = min(
            starts + ahead, times * SlotUse.forRetries(limit) - state.retriesInFlight - state.retriesWaiting,
            times * SlotUse.forRetries(limits.slots) - self.retries)
        retries = state.retries.isDue ? max(retries, 0) : 0
        if !state.first.isDue {
            starts = min(starts, retries)
            ahead = min(ahead, retries - starts)
        }
        return starts + ahead > 0 ? Share(starts: starts, ahead: ahead, retries: retries) : nil
    }

    mutating func take(_ share: Share, of state: DestinationState, _ health: Health) {
        waiting += share.free
        inFlight += share.starts
        retries += share.retries
        largeBytes += share.free * SlotUse.large(state.lineBytes)
        hold(share.starts, health)
    }

    /// The waiting claim of a destination that may start, and the destination's health; nil for none.
    func start(of state: DestinationState, at now: Int64) -> (index: Int, health: Health)? {
        let health = state.health(at: now)
        let limit = state.limit(health)
        guard state.flights.count < limit, free(health) > 0, state.reputation.pace.starts(at: now) > 0 else {
            return nil
        }
        let retryAllowed =
            state.retriesInFlight < SlotUse.forRetries(limit) && retries < SlotUse.forRetries(limits.slots)
        guard let next = state.next(retryAllowed: retryAllowed) else { return nil }
        return fits(state.waiting[next].claim.line.count, health) ? (next, health) : nil
    }

    mutating func started(_ claim: Outbox.Claim, _ health: Health) {
        inFlight += 1
        largeBytes += SlotUse.large(claim.line.count)
        if claim.isRetry { retries += 1 }
        hold(1, health)
    }

    /// How many more requests may start to destinations of this health.
    private func free(_ health: Health) -> Int { min(limits.slots - slots, allowance(health)) }

    /// The same if the number of slots were unlimited.
    private func allowance(_ health: Health) -> Int {
        if health == .answering { return limits.requests - inFlight }
        let half = max(1, limits.slots / 2)
        return min(half - doubtful, max(1, limits.requests - half) - inFlight)
    }

    private func fits(_ bytes: Int, _ health: Health) -> Bool {
        let large = SlotUse.large(bytes)
        return large == 0 || largeBytes + large <= self.bytes(health)
    }

    private func bytes(_ health: Health) -> Int {
        health == .answering ? limits.largeBytes : limits.largeBytes / 2
    }

    private mutating func hold(_ count: Int, _ health: Health) {
        slots += count
        if health != .answering { doubtful += count }
    }

    private static func large(_ bytes: Int) -> Int { bytes > SlotLimits.largeLine ? bytes : 0 }
    private static func forRetries(_ slots: Int) -> Int { max(1, slots * 3 / 4) }
}
