import Store

/// Which destinations have something due, what is in flight to each, and where to look for more. Times are monotonic
/// nanoseconds, passed in.
///
/// No destination takes more than its share of all slots, and those that may not answer never take what the others need:
///
/// - A destination that answers may have as many in flight as it has shown to answer, up to its maximum; two after a second
///   without an answer.
/// - One that nobody has tried yet gets one slot; more only while all such together hold less than an eighth of all.
/// - One that failed last, or that the breaker has just let go, gets one slot. One that has let a request wait for over a
///   second gets no more unless it has answered another one within that second.
/// - Destinations of which it is not known that they answer, those that have not answered for a second among them, start
///   nothing while they hold half of all slots, and the failing and slow ones among them nothing while these hold a quarter.
/// - One that has let a request wait for 50 ms and answered nothing since is silent. While the silent ones and those above hold
///   three quarters of all slots, only those start something that have answered since the first of the silent ones became so.
/// - Retries take three quarters of all slots and of a destination's at most, and leave one for them.
///
/// So any number of destinations that hang leave half of all slots to those that answer, and a quarter, less what starts within
/// 50 ms, in the first time-out after they all stopped answering at once. Only where backlogs already held all slots at that
/// moment do the others wait for that time-out. A destination that is new waits for slots only behind others that are new, each
/// of which holds one for a time-out at most, and a quarter of all slots is theirs.
///
/// To a destination that has just answered as much again is claimed as may be in flight: what waits here takes the place of
/// what ends, without a round trip to the database in between.
struct DestinationSlots {
    let total: Int
    private let perDestination: Int
    private(set) var destinations: [Int: DestinationState] = [:]
    /// What is known of those to which nothing is owed.
    private var known: [Int: Reputation] = [:]
    private var marks: [Int: Outbox.Mark] = [:]
    /// Those for which something waits here.
    private var waiting: Set<Int> = []
    /// The destination with which the last round ended, so that the next begins behind it.
    private var lastServed = 0
    private var sweepInterval = DestinationSlots.sweepIntervals.lowerBound
    private var lastStarted = 0

    /// How long a claim may wait here: it must not use up what a lease has beyond the longest attempt.
    private static let patience: Int64 = 1_000_000_000
    /// How long a floor may hide what was committed behind it: longer when it takes long to look behind it.
    private static let sweepIntervals: ClosedRange<Int64> = 1_000_000_000...10_000_000_000
    /// So long after its last answer a destination comes before those of which less is known.
    private static let rest: Int64 = 10_000_000_000
    /// Of so many destinations something is remembered while nothing is owed to them.
    private static let memory = 10_000

    init(total: Int, perDestination: Int) {
        self.total = total
        self.perDestination = perDestination
    }

    /// Takes what a look at the whole outbox has found.
    mutating func found(_ found: [Outbox.Destination], at now: Int64) {
        for destination in found {
            let maximum = destination.maxInFlight ?? perDestination
            var state = destinations[destination.id] ?? state(of: destination.id, maximum: maximum, at: now)
            state.maximum = maximum
            state.owesFirst = true
            state.owesRetries = true
            state.reputation.learn(failures: destination.failures, isHalfOpen: destination.isHalfOpen)
            destinations[destination.id] = state
        }
    }

    /// What to claim now: every due destination's free slots, fairly if there is not room for all.
    mutating func shares(at now: Int64) -> [Outbox.Share] {
        var room = SlotRoom(total: total, destinations, at: now)
        let due = destinations.compactMap { id, state in
            room.share(of: state, most: .max, at: now) == nil ? nil : id
        }.sorted()
        guard !due.isEmpty else { return [] }
        let start = due.firstIndex { $0 > lastServed } ?? 0
        let fair = room.fairShare(among: due.compactMap { destinations[$0]?.standing(at: now) })
        var shares: [Outbox.Share] = []
        let turns = due[start...] + due[..<start]
        let rested = self.rested(among: turns, at: now)
        for id in rested + turns.filter(Set(turns).subtracting(rested).contains) {
            guard let state = destinations[id], let share = room.share(of: state, most: fair, at: now)
            else { continue }
            room.take(share, of: state, at: now)
            let isSweep = now - state.sweptAt >= sweepInterval
            if isSweep { destinations[id]?.sweptAt = now }
            shares.append(
                Outbox.Share(
                    destination: id, free: share.free, retries: share.retries, floor: isSweep ? nil : state.floor,
                    retryFloor: isSweep ? nil : state.retryFloor))
            lastServed = id
        }
        return shares
    }

    /// Those that are unknown only because they have not answered for a while, the shortest while first: of many that were not
    /// tried lately they are the likeliest to answer, and then they are in nobody's way.
    private func rested(among ids: some Sequence<Int>, at now: Int64) -> [Int] {
        ids.compactMap { id -> (id: Int, answeredAt: Int64)? in
            guard let state = destinations[id], state.standing(at: now) == .unknown,
                let answeredAt = state.reputation.answeredAt, answeredAt > now - DestinationSlots.rest
            else { return nil }
            return (id, answeredAt)
        }.sorted { $0.answeredAt > $1.answeredAt }.map(\.id)
    }

    /// Takes what a claim of these shares has brought. A destination that had less than its share is done until it is
    /// found again.
    /// - Parameter start: from when on the leases count; nil for now.
    mutating func claimed(
        _ claims: [Outbox.Claim], buried: [Outbox.Burial] = [], of shares: [Outbox.Share], since start: Int64? = nil,
        at now: Int64
    ) {
        let claims = Dictionary(grouping: claims, by: \.destination)
        let buried = Dictionary(grouping: buried, by: \.destination)
        for share in shares {
            let id = share.destination
            let claimed = claims[id] ?? []
            let count = claimed.count + (buried[id]?.count ?? 0)
            if !claimed.isEmpty {
                waiting.insert(id)
                if destinations[id] == nil { destinations[id] = state(of: id, maximum: perDestination, at: now) }
                destinations[id]?.wait(claimed, since: now, leasedAt: start ?? now)
            }
            if count < share.free { destinations[id]?.owesFirst = false }
            // A dead one was a retry, unless there is but one attempt.
            if count < share.free, claimed.count(where: \.isRetry) + (buried[id]?.count ?? 0) < share.retries {
                destinations[id]?.owesRetries = false
            }
            rest(id)
        }
    }

    /// Shares without a floor took so long: such a look behind it takes no more than a tenth of the time.
    mutating func swept(within nanoseconds: Int64) {
        let bounds = DestinationSlots.sweepIntervals
        sweepInterval = min(max(10 * nanoseconds, bounds.lowerBound), bounds.upperBound)
    }

    /// What may start now of what waits here.
    mutating func starting(at now: Int64) -> [WaitingClaim] {
        guard !waiting.isEmpty else { return [] }
        var room = SlotRoom(total: total, destinations, at: now)
        let ids = waiting.sorted()
        let start = ids.firstIndex { $0 > lastStarted } ?? 0
        var started: [WaitingClaim] = []
        for id in ids[start...] + ids[..<start] {
            // Nothing else holds the state while it changes: its lists are not copied.
            while let retryAllowed = destinations[id].flatMap({ room.start(of: $0, at: now) }),
                let next = destinations[id]?.start(retryAllowed: retryAllowed, at: now)
            {
                room.started(next.claim)
                started.append(next)
                lastStarted = id
            }
            guard destinations[id]?.waiting.isEmpty != false else { continue }
            waiting.remove(id)
            rest(id)
        }
        return started
    }

    /// One request has ended.
    mutating func ended(_ claim: Outbox.Claim, start: Int64, _ reaction: Reaction, at now: Int64) {
        let id = claim.destination
        switch destinations[id]?.ended(claim, start: start, reaction, at: now) {
        case nil: break
        case .failure: marks[id, default: Outbox.Mark()].failures += 1
        case .answer(let pause):
            let earlier = marks[id]?.pause ?? 0
            marks[id] = Outbox.Mark(isAnswered: true, pause: max(pause, earlier))
        }
        rest(id)
    }

    /// What was seen of destinations and the database does not know yet.
    mutating func takeMarks() -> [Int: Outbox.Mark] {
        defer { marks = [:] }
        return marks
    }

    /// Takes what the marks have led to.
    /// - Returns: what waited for a destination that is blocked now.
    mutating func marked(_ standings: [Outbox.Standing], at now: Int64) -> [Outbox.Claim] {
        var withdrawn: [Outbox.Claim] = []
        for standing in standings {
            let id = standing.destination
            guard var state = destinations[id] else {
                known[id]?.learn(failures: standing.failures, isHalfOpen: standing.isHalfOpen)
                continue
            }
            state.reputation.learn(failures: standing.failures, isHalfOpen: standing.isHalfOpen)
            if standing.blockedMilliseconds > 0 {
                // It is found again when the block has ended.
                state.owesFirst = false
                state.owesRetries = false
                withdrawn += state.withdraw(claimedBefore: .max)
            }
            destinations[id] = state
            rest(id)
        }
        return withdrawn
    }

    /// Takes back what has waited too long; all that waits when there is no time left.
    mutating func overdue(at now: Int64) -> [Outbox.Claim] {
        let time = now == .max ? now : now - DestinationSlots.patience
        return waiting.flatMap { destinations[$0]?.withdraw(claimedBefore: time) ?? [] }
    }

    /// When something may start that may not yet, although nothing ends before; nil for never.
    func wakeTime(after now: Int64) -> Int64? {
        destinations.values.lazy.filter { $0.owesFirst || $0.owesRetries || !$0.waiting.isEmpty }
            .map(\.reputation.pace.next).filter { $0 > now }.min()
    }

    private mutating func state(of id: Int, maximum: Int, at now: Int64) -> DestinationState {
        DestinationState(maximum: maximum, reputation: known.removeValue(forKey: id) ?? Reputation(), at: now)
    }

    /// Keeps no more of a destination to which nothing is owed than what is known of it.
    private mutating func rest(_ id: Int) {
        guard let state = destinations[id], state.isIdle else { return }
        destinations[id] = nil
        if known.count >= DestinationSlots.memory { known = [:] }
        known[id] = state.reputation
    }
}
