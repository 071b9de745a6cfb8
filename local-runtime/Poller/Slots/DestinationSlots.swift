import Domain
import Store
import System

/// Keeps for each destination whether something is due, what is in flight, and where to look for more, and decides how
/// much to claim and to start. Times are passed in.
///
///     due ── claim ──▶ waiting here ── start ──▶ in a slot ── 250 ms without an answer ──▶ in the waiting room
///                       1 s at most               │                                         │
///                                                 └───────────────▶ ended ◀────────────────┘
///
/// A request in the waiting room holds no slot, because it costs only a socket and some memory. So destinations that
/// answer always find slots, even if many others hang, and no destination waits for the time-out of another. The table
/// of `DestinationHealth` says what each destination may have; `SlotUse` applies it.
///
/// A request keeps its slot beyond 250 ms while the delivery process is behind with its work. A request to a
/// destination in doubt gives it back earlier when the process has answered a later one (`LastAnswers`). A claim that
/// has waited here for a second is released.
struct DestinationSlots {
    private let limits: SlotLimits
    private(set) var destinations: [Int: DestinationState] = [:]
    /// The destinations to which nothing is owed.
    private var idle: [Int: DestinationState] = [:]
    private var marks: [Int: Outbox.Mark] = [:]
    /// The destinations with claims that wait here.
    private var waiting: Set<Int> = []
    /// The destinations with requests in flight. With many destinations, few of them have some.
    private var busy: Set<Int> = []
    /// The destinations that have asked for a slower pace, and may start no request at some times.
    private var paced: Set<Int> = []
    /// The last destination that got a share; the next round begins behind it.
    private var lastServed = 0
    private var lastStarted = 0
    private var answers = LastAnswers()

    /// How long a claim may wait here. It must not use up the time by which a lease exceeds the longest attempt.
    private static let patience: Duration = .seconds(1)
    /// How many destinations are remembered while nothing is owed to them.
    private static let memory = 10_000

    init(_ limits: SlotLimits) {
        self.limits = limits
    }

    /// Notes the destinations that a look has found.
    mutating func found(_ found: [Outbox.Destination], at now: Instant) {
        for destination in found {
            let maximum = destination.maxInFlight ?? limits.perDestination
            var state = state(of: destination.id, maximum: maximum, floor: destination.lookedAt)
            state.maximum = maximum
            state.first.found(destination.firstDue)
            state.retries.found(destination.retryDue)
            state.learn(failures: destination.failures, isHalfOpen: destination.isHalfOpen)
            destinations[destination.id] = state
        }
    }

    /// Floors for a look for known destinations. They are those to which something could start at once, and for which
    /// not both first attempts and retries are known to be due.
    func floors(at now: Instant) -> [Outbox.Floor] {
        [destinations, idle].flatMap { states in
            states.filter { $0.value.isWorthALook(at: now) }.map {
                Outbox.Floor(destination: $0, first: $1.first.floor, retries: $1.retries.floor)
            }
        }
    }

    /// The shares to claim now: the free slots of each due destination, divided fairly if there is not room for all.
    mutating func shares(at now: Instant) -> [Outbox.Share] {
        var use = SlotUse(limits, destinations, busy, answers, at: now)
        use.addWaiting(destinations, waiting, at: now)
        let due = destinations.compactMap { id, state -> (id: Int, ceilings: Ceilings)? in
            let ceilings = state.health(at: now).ceilings
            return use.share(of: state, ceilings, most: .max, at: now) == nil ? nil : (id, ceilings)
        }.sorted { $0.id < $1.id }
        guard !due.isEmpty else { return [] }
        let trusted = due.count { $0.ceilings.group == .trusted }
        let mostTrusted = use.fairShare(of: .trusted, among: trusted)
        let mostDoubtful = use.fairShare(of: .doubtful, among: due.count - trusted)
        var shares: [Outbox.Share] = []
        for (id, ceilings) in turns(due, after: lastServed, by: \.id) {
            let most = ceilings.group == .trusted ? mostTrusted : mostDoubtful
            guard let state = destinations[id],
                let share = use.share(of: state, ceilings, most: most, at: now)
            else { continue }
            use.take(share, of: state, ceilings.group)
            shares.append(
                Outbox.Share(
                    destination: id, free: share.free, retries: share.retries, floor: state.first.floor,
                    retryFloor: state.retries.floor))
            lastServed = id
        }
        return shares
    }

    /// Takes the result of a claim of these shares. If the claim returned fewer deliveries than the share allowed,
    /// nothing else is considered due to the destination until a look finds it again. `start` is the time from which
    /// the leases count; nil for now.
    mutating func claimed(
        _ claims: [Outbox.Claim], ended: [Outbox.EndedDelivery] = [], of shares: [Outbox.Share],
        since start: Instant? = nil, at now: Instant
    ) {
        let claims = Dictionary(grouping: claims, by: \.destination)
        let ended = Dictionary(grouping: ended, by: \.destination)
        for share in shares {
            let id = share.destination
            let claimed = claims[id] ?? []
            let count = claimed.count + (ended[id]?.count ?? 0)
            if !claimed.isEmpty {
                waiting.insert(id)
                destinations[id] = state(of: id, maximum: limits.perDestination, floor: share.floor ?? "-infinity")
                destinations[id]?.wait(claimed, since: now, leasedAt: start ?? now)
            }
            if count < share.free { destinations[id]?.first.isDue = false }
            // A delivery that has ended as dead was a retry, unless the schedule has a single attempt.
            if count < share.free, claimed.count(where: \.isRetry) + (ended[id]?.count ?? 0) < share.retries {
                destinations[id]?.retries.isDue = false
            }
            setAside(id)
        }
    }

    /// Starts and returns the waiting claims that may start now.
    mutating func starting(at now: Instant) -> [WaitingClaim] {
        guard !waiting.isEmpty else { return [] }
        var use = SlotUse(limits, destinations, busy, answers, at: now)
        var started: [WaitingClaim] = []
        for id in turns(waiting.sorted(), after: lastStarted, by: \.self) {
            // The state is changed in place, with no second reference to it, so that its arrays are not copied.
            while let (index, group) = destinations[id].flatMap({ use.start(of: $0, at: now) }),
                let next = destinations[id]?.start(index, at: now)
            {
                use.started(next.claim, group)
                started.append(next)
                busy.insert(id)
                lastStarted = id
            }
            guard destinations[id]?.waiting.isEmpty != false else { continue }
            waiting.remove(id)
            setAside(id)
        }
        return started
    }

    /// Takes the end of a request.
    mutating func ended(_ claim: Outbox.Claim, start: Instant, _ reaction: Reaction, at now: Instant) {
        let id = claim.destination
        if reaction.isAnswer { answers.came(to: start, at: now) }
        switch destinations[id]?.ended(claim, start: start, reaction, at: now) {
        case nil: break
        case .failed: marks[id, default: Outbox.Mark()].failures += 1
        case .answered(let pause):
            let earlier = marks[id]?.pause ?? .zero
            marks[id] = Outbox.Mark(isAnswered: true, pause: max(pause, earlier))
        }
        if destinations[id]?.flights.isEmpty != false { busy.remove(id) }
        if destinations[id]?.pace.isLimited == true { paced.insert(id) } else { paced.remove(id) }
        setAside(id)
    }

    /// Notes answers of these destinations that wait here until they are sent to the database.
    mutating func keepAnswers(of ids: [Int]) {
        for id in ids {
            if let state = idle.removeValue(forKey: id) { destinations[id] = state }
            destinations[id]?.keepAnswer()
        }
    }

    /// Notes that answers of these destinations are on their way to the database.
    mutating func sendAnswers(of ids: [Int]) {
        for id in ids {
            destinations[id]?.sendAnswer()
            setAside(id)
        }
    }

    /// Removes and returns the marks that the database does not know yet.
    mutating func takeMarks() -> [Int: Outbox.Mark] {
        defer { marks = [:] }
        return marks
    }

    /// Takes the state of destinations after their marks were stored.
    /// - Returns: the waiting claims of destinations that are blocked now.
    mutating func marked(_ statuses: [Outbox.DestinationStatus], at now: Instant) -> [Outbox.Claim] {
        var withdrawn: [Outbox.Claim] = []
        for status in statuses {
            let id = status.destination
            guard var state = destinations[id] else {
                idle[id]?.learn(failures: status.failures, isHalfOpen: status.isHalfOpen)
                continue
            }
            state.learn(failures: status.failures, isHalfOpen: status.isHalfOpen)
            if status.blocked > .zero {
                // A look finds it again when the block has ended.
                state.first.isDue = false
                state.retries.isDue = false
                withdrawn += state.withdraw(claimedBefore: .distantFuture)
            }
            destinations[id] = state
            setAside(id)
        }
        return withdrawn
    }

    /// Removes and returns the claims that have waited too long; all waiting claims for `.distantFuture`.
    mutating func overdue(at now: Instant) -> [Outbox.Claim] {
        let time = now == .distantFuture ? now : now - DestinationSlots.patience
        return waiting.flatMap { destinations[$0]?.withdraw(claimedBefore: time) ?? [] }
    }

    /// The next time at which something may start even though no request ends before; nil for never.
    func wakeTime(after now: Instant) -> Instant? {
        guard !waiting.isEmpty || destinations.values.contains(where: \.isOwed) else { return nil }
        var times = [answers.silence]
        for id in paced {
            guard let state = destinations[id], state.isOwed || !state.waiting.isEmpty else { continue }
            times.append(state.pace.next)
        }
        times += busy.compactMap { destinations[$0]?.slotEnd(after: now) }
        return times.filter { $0 > now }.min()
    }

    /// Bytes of the lines of all claims that wait here.
    var waitingBytes: Int { waiting.reduce(0) { $0 + (destinations[$1]?.waitingBytes ?? 0) } }

    /// The sorted elements, rotated to begin behind the id `last`.
    private func turns<Turn>(_ sorted: [Turn], after last: Int, by id: (Turn) -> Int) -> [Turn] {
        let start = sorted.firstIndex { id($0) > last } ?? 0
        return Array(sorted[start...] + sorted[..<start])
    }

    private mutating func state(of id: Int, maximum: Int, floor: String) -> DestinationState {
        destinations[id] ?? idle.removeValue(forKey: id) ?? DestinationState(maximum: maximum, floor: floor)
    }

    /// Moves an idle destination out of those that each round goes through.
    private mutating func setAside(_ id: Int) {
        guard let state = destinations[id], state.isIdle else { return }
        destinations[id] = nil
        if idle.count >= DestinationSlots.memory {
            idle = [:]
            paced = paced.filter { destinations[$0] != nil }
        }
        idle[id] = state
    }
}
