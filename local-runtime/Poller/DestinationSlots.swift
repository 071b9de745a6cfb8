import Store

/// Which destinations have something due, what is in flight to each, and where to look for more. Times are monotonic
/// nanoseconds, passed in.
///
/// To a destination that has just answered as much again is claimed as may be in flight: what waits here takes the place of
/// what ends, without a round trip to the database in between.
struct DestinationSlots {
    private let total: Int
    private let perDestination: Int
    private var destinations: [Int: State] = [:]
    private var inFlight = 0
    private var waiting = 0
    /// The destination with which the last round ended, so that the next begins behind it.
    private var lastServed = 0

    /// A claim that takes a place as soon as there is one.
    struct Waiting {
        let claim: Outbox.Claim
        let claimedAt: Int64
    }

    private struct State {
        var maximum: Int
        var inFlight = 0
        var waiting: ArraySlice<Waiting> = []
        /// When something was last answered.
        var answeredAt: Int64 = .min
        var isDue = true
        var floor: String?
        var sweptAt: Int64

        func free(at now: Int64) -> Int {
            let isFlowing = answeredAt > now - DestinationSlots.flowInterval
            return (isFlowing ? 2 * maximum : maximum) - inFlight - waiting.count
        }
    }

    /// How long a destination counts as answering.
    private static let flowInterval: Int64 = 100_000_000
    /// How long a claim may wait here: it must not use up what a lease has beyond the longest attempt.
    private static let patience: Int64 = 1_000_000_000

    /// How long a floor may hide what was committed behind it.
    private static let sweepInterval: Int64 = 1_000_000_000

    init(total: Int, perDestination: Int) {
        self.total = total
        self.perDestination = perDestination
    }

    var hasRoom: Bool { inFlight + waiting < total }
    func hasDue(at now: Int64) -> Bool { destinations.values.contains { $0.isDue && $0.free(at: now) > 0 } }

    /// Takes what a look at the whole outbox has found.
    mutating func found(_ found: [Outbox.Destination], at now: Int64) {
        for destination in found {
            let maximum = destination.maxInFlight ?? perDestination
            destinations[destination.id, default: State(maximum: maximum, sweptAt: now)].maximum = maximum
            destinations[destination.id]?.isDue = true
        }
    }

    /// What to claim now: every due destination's free slots, fairly if there is not room for all.
    mutating func shares(at now: Int64) -> [Outbox.Share] {
        let due = destinations.filter { $0.value.isDue && $0.value.free(at: now) > 0 }.keys.sorted()
        let room = total - inFlight - waiting
        guard room > 0, !due.isEmpty else { return [] }
        let start = due.firstIndex { $0 > lastServed } ?? 0
        let served = (due[start...] + due[..<start]).prefix(room)
        let fair = max(1, room / served.count)
        lastServed = served.last ?? 0
        return served.compactMap { id in
            guard let state = destinations[id] else { return nil }
            let isSweep = now - state.sweptAt >= DestinationSlots.sweepInterval
            if isSweep { destinations[id]?.sweptAt = now }
            return Outbox.Share(
                destination: id, free: min(state.free(at: now), fair), floor: isSweep ? nil : state.floor)
        }
    }

    /// Takes what a claim of these shares has brought. A destination that had less than its share is done until it is
    /// found again.
    /// - Returns: what is to be started now.
    mutating func claimed(_ claims: [Outbox.Claim], of shares: [Outbox.Share], at now: Int64) -> [Waiting] {
        var counts: [Int: Int] = [:]
        var starting: [Waiting] = []
        for claim in claims {
            counts[claim.destination, default: 0] += 1
            destinations[claim.destination]?.floor = claim.dueAt
            destinations[claim.destination]?.waiting.append(Waiting(claim: claim, claimedAt: now))
            waiting += 1
            if let next = next(to: claim.destination) { starting.append(next) }
        }
        for share in shares where counts[share.destination, default: 0] < share.free {
            destinations[share.destination]?.isDue = false
            if counts[share.destination] == nil, destinations[share.destination]?.inFlight == 0 {
                destinations[share.destination] = nil
            }
        }
        return starting
    }

    /// One request to the destination has ended.
    /// - Returns: what takes its place.
    mutating func ended(_ destination: Int, at now: Int64) -> Waiting? {
        inFlight -= 1
        destinations[destination]?.inFlight -= 1
        destinations[destination]?.answeredAt = now
        return next(to: destination)
    }

    /// Something was to be started, and was not.
    mutating func withdrawn(_ destination: Int) {
        inFlight -= 1
        destinations[destination]?.inFlight -= 1
    }

    /// Takes back what has waited too long; all that waits when there is no time left.
    mutating func overdue(at now: Int64) -> [Outbox.Claim] {
        guard waiting > 0 else { return [] }
        var overdue: [Outbox.Claim] = []
        for (id, state) in destinations where !state.waiting.isEmpty {
            let patient = state.waiting.drop { now == .max || now - $0.claimedAt > DestinationSlots.patience }
            overdue += state.waiting[..<patient.startIndex].map(\.claim)
            destinations[id]?.waiting = patient
        }
        waiting -= overdue.count
        return overdue
    }

    private mutating func next(to destination: Int) -> Waiting? {
        guard let state = destinations[destination], state.inFlight < state.maximum,
            let next = destinations[destination]?.waiting.popFirst()
        else { return nil }
        waiting -= 1
        inFlight += 1
        destinations[destination]?.inFlight += 1
        return next
    }
}
