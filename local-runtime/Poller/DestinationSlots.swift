import Store

/// Which destinations have something due, what is in flight to each, and where to look for more. Times are monotonic
/// nanoseconds, passed in.
struct DestinationSlots {
    private let total: Int
    private let perDestination: Int
    private var destinations: [Int: State] = [:]
    private(set) var inFlight = 0
    /// The destination with which the last round ended, so that the next begins behind it.
    private var lastServed = 0

    private struct State {
        var maximum: Int
        var inFlight = 0
        var isDue = true
        var floor: String?
        var sweptAt: Int64
    }

    /// How long a floor may hide what was committed behind it.
    private static let sweepInterval: Int64 = 1_000_000_000

    init(total: Int, perDestination: Int) {
        self.total = total
        self.perDestination = perDestination
    }

    var hasRoom: Bool { inFlight < total }
    var hasDue: Bool { destinations.values.contains { $0.isDue && $0.inFlight < $0.maximum } }

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
        let due = destinations.filter { $0.value.isDue && $0.value.inFlight < $0.value.maximum }.keys.sorted()
        let room = total - inFlight
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
                destination: id, free: min(state.maximum - state.inFlight, fair), floor: isSweep ? nil : state.floor)
        }
    }

    /// Takes what a claim of these shares has brought. A destination that had less than its share is done until it is
    /// found again.
    mutating func claimed(_ claims: [Outbox.Claim], of shares: [Outbox.Share]) {
        var counts: [Int: Int] = [:]
        for claim in claims {
            counts[claim.destination, default: 0] += 1
            destinations[claim.destination]?.inFlight += 1
            destinations[claim.destination]?.floor = claim.dueAt
        }
        inFlight += claims.count
        for share in shares where counts[share.destination, default: 0] < share.free {
            destinations[share.destination]?.isDue = false
            if counts[share.destination] == nil, destinations[share.destination]?.inFlight == 0 {
                destinations[share.destination] = nil
            }
        }
    }

    /// One request to the destination has ended.
    mutating func ended(_ destination: Int) {
        inFlight -= 1
        destinations[destination]?.inFlight -= 1
    }
}
