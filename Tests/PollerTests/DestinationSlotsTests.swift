import Testing

@testable import Poller
@testable import Store

struct DestinationSlotsTests {
    private var bench = SlotBench(total: 64, perDestination: 4)

    @Test mutating func `a lone destination that nobody has tried gets as much as may be in flight`() {
        bench.find(1)
        #expect(bench.claim(10, to: 1) == 4)
        #expect(bench.slots.shares(at: bench.now).isEmpty)
    }

    @Test mutating func `one that answers is claimed for ahead, and what waits takes the place of what ends`() {
        bench.find(1)
        _ = bench.claim(10, to: 1)
        bench.end(1)
        #expect(bench.free(1) == 5)
        #expect(bench.claim(5, to: 1) == 1)
        for _ in 0..<4 {
            bench.end(1)
            #expect(bench.start() == 1)
        }
        bench.end(1)
        #expect(bench.start() == 0)
    }

    @Test mutating func `what is behind the floor is looked through once a second, more seldom when that takes long`() {
        bench.find(1)
        _ = bench.claim(4, to: 1)
        func looksBehind(_ slots: DestinationSlots, at now: Int64) -> Bool {
            var slots = slots
            slots.found([Outbox.Destination(id: 1, maxInFlight: 8, failures: 0, isHalfOpen: false)], at: now)
            return slots.shares(at: now).contains { $0.destination == 1 && $0.floor == nil }
        }
        for _ in 0..<4 { bench.end(1) }
        bench.now += 500_000_000
        #expect(!looksBehind(bench.slots, at: bench.now))
        bench.now += 600_000_000
        #expect(looksBehind(bench.slots, at: bench.now))
        bench.slots.swept(within: 400_000_000)
        #expect(!looksBehind(bench.slots, at: bench.now + 2_000_000_000))
        #expect(looksBehind(bench.slots, at: bench.now + 4_000_000_000))
    }

    @Test mutating func `what has waited for a second is given back`() {
        bench.find(1)
        _ = bench.claim(10, to: 1)
        bench.end(1)
        _ = bench.claim(5, to: 1)
        bench.now += 900_000_000
        #expect(bench.slots.overdue(at: bench.now).isEmpty)
        bench.now += 200_000_000
        #expect(bench.slots.overdue(at: bench.now).count == 4)
        #expect(bench.slots.overdue(at: .max).isEmpty)
    }

    @Test mutating func `what is claimed ahead takes no slot of another destination, and has a bound of its own`() {
        bench = SlotBench(total: 16, perDestination: 16)
        bench.find(1)
        _ = bench.claim(2, to: 1)
        // Its window doubles with its answers, until it holds all slots.
        for _ in 0..<4 {
            bench.find(1)
            let more = bench.flights.count
            for _ in 0..<more { bench.end(1) }
            _ = bench.claim(100, to: 1)
        }
        #expect(bench.flights.count == 16)
        for _ in 0..<2 {
            bench.end(1)
            bench.find(1)
            _ = bench.claim(100, to: 1)
        }
        #expect(bench.flights.count == 16)
        #expect(bench.slots.destinations[1]?.waiting.count ?? 0 >= 15)
        #expect(bench.slots.destinations[1]?.waiting.count ?? 0 <= 16)
    }

    @Test mutating func `what is claimed ahead for others leaves the free slots to a new destination`() {
        bench = SlotBench(total: 40, perDestination: 4)
        for id in 1...8 {
            bench.find(id)
            _ = bench.claim(4, to: id)
        }
        for _ in 0..<3 {
            for id in 1...8 {
                bench.end(id)
                bench.find(id)
            }
            _ = bench.claimAll(due: 9)
        }
        #expect(bench.flights.count == 32)
        #expect(bench.slots.destinations.values.map(\.waiting.count).reduce(0, +) >= 20)
        bench.find(9)
        #expect((bench.free(9) ?? 0) > 0)
    }

    @Test mutating func `unknown destinations get one slot each and half of all together, and the others the rest`() {
        bench.find(100)
        _ = bench.claim(1, to: 100)
        bench.end(100)
        for id in 1...60 { bench.find(id) }
        #expect(bench.claimAll(due: 9) == 32)
        #expect(bench.flights.allSatisfy { $0.claim.destination != 100 })
        bench.now += 10_000_000
        bench.find(100)
        #expect(bench.slots.shares(at: bench.now).map(\.destination) == [100])
    }

    @Test mutating func `any number of unknown destinations does not cut the share of one that answers`() {
        bench = SlotBench(total: 64, perDestination: 16)
        bench.find(1000)
        _ = bench.claim(8, to: 1000)
        for _ in 0..<8 { bench.end(1000) }
        for id in 1...500 { bench.find(id) }
        _ = bench.claimAll(due: 9)
        bench.end(bench.flights[0].claim.destination)
        bench.find(1000)
        #expect((bench.free(1000) ?? 0) >= 16)
    }

    @Test mutating func `one that answered before may hold its window, and no more once it is silent`() {
        bench.find(1)
        _ = bench.claim(1, to: 1)
        bench.end(1)
        bench.find(1)
        #expect(bench.claim(2, to: 1) == 2)
        bench.find(1)
        #expect(bench.free(1) != nil)
        bench.now += 1_100_000_000
        #expect(bench.free(1) == nil)
        bench.end(1)
        #expect(bench.free(1) != nil)
    }

    /// Each of them has answered until a moment ago, and something arrives for one of them each millisecond.
    @Test(arguments: [40, 400])
    mutating func `destinations that fall silent together leave slots to one that answers`(count: Int) {
        bench = SlotBench(total: 256, perDestination: 16)
        for id in 1...count {
            bench.find(id)
            for _ in 0..<bench.claim(1, to: id) { bench.end(id) }
        }
        for step in 0..<5000 {
            bench.find(1 + step % count)
            if step.isMultiple(of: 50) { bench.find(1000) }
            _ = bench.claimAll(due: 1)
            bench.now += 1_000_000
            if step.isMultiple(of: 50) {
                #expect(bench.flights.contains { $0.claim.destination == 1000 }, "\(step)")
                bench.end(1000)
            }
        }
        // Three quarters, and what arrived before the last of these counted as silent.
        #expect(bench.flights.count < 192 + 55)
        #expect(count < 256 || bench.flights.count >= 192)
    }

    @Test mutating func `destinations that have rested for a second are as unknown as new ones, and get half of all`() {
        bench = SlotBench(total: 64, perDestination: 4)
        for id in 1...100 {
            bench.find(id)
            _ = bench.claim(1, to: id)
            bench.end(id)
        }
        bench.now += 1_100_000_000
        for id in 1...100 { bench.find(id) }
        #expect(bench.claimAll(due: 9) == 32)
    }

    @Test mutating func `of those that have rested the one that answered last comes first`() {
        bench = SlotBench(total: 64, perDestination: 4)
        for id in Array(1...99) + [50] {
            bench.now += 10_000_000
            bench.find(id)
            _ = bench.claim(1, to: id)
            bench.end(id)
        }
        bench.now += 1_100_000_000
        for id in 1...200 { bench.find(id) }
        _ = bench.claimAll(due: 1)
        #expect(bench.flights.contains { $0.claim.destination == 50 })
        #expect(!bench.flights.contains { $0.claim.destination < 50 || $0.claim.destination > 99 })
    }

    @Test mutating func `after a second without an answer it begins with two again`() {
        bench.find(1)
        _ = bench.claim(4, to: 1)
        for _ in 0..<4 { bench.end(1) }
        bench.now += 2_000_000_000
        bench.find(1)
        #expect(bench.free(1) == 2)
        #expect(bench.claim(2, to: 1) == 2)
        bench.end(1)
        #expect((bench.free(1) ?? 0) >= 3)
    }

    @Test mutating func `failing destinations get one slot each and a quarter together`() {
        for id in 1...40 { bench.find(id, failures: 3) }
        #expect(bench.claimAll(due: 9) == 16)
        for id in 41...80 { bench.find(id) }
        #expect(bench.claimAll(due: 9) == 16)
    }

    @Test mutating func `one that the breaker has let go gets one at a time until it answers`() {
        bench.find(1, failures: 12, isHalfOpen: true)
        #expect(bench.claim(5, to: 1) == 1)
        #expect(bench.free(1) == nil)
        bench.end(1)
        #expect(bench.slots.takeMarks() == [1: Outbox.Mark(isAnswered: true)])
        #expect((bench.free(1) ?? 0) > 1)
    }

    @Test mutating func `answers cost the database nothing while there is nothing to reset`() {
        bench.find(1)
        _ = bench.claim(4, to: 1)
        for _ in 0..<2 { bench.end(1) }
        #expect(bench.slots.takeMarks().isEmpty)
        for _ in 0..<2 { bench.end(1, .failed) }
        #expect(bench.slots.takeMarks() == [1: Outbox.Mark(failures: 2)])
    }

    @Test mutating func `what waits for a destination that is blocked is given back, and nothing is claimed for it`() {
        bench.find(1)
        _ = bench.claim(4, to: 1)
        bench.end(1)
        _ = bench.claim(5, to: 1)
        let standing = Outbox.Standing(
            destination: 1, origin: "", failures: 10, isHalfOpen: true, blockedMilliseconds: 500, breaks: true)
        #expect(bench.slots.marked([standing], at: bench.now).count == 4)
        #expect(bench.free(1) == nil)
        bench.now += 600_000_000
        for _ in 0..<4 { bench.end(1, .failed) }
        bench.find(1, failures: 10, isHalfOpen: true)
        #expect(bench.free(1) == 1)
    }

    @Test mutating func `retries take three quarters of all slots at most; first attempts may take all`() {
        bench = SlotBench(total: 8, perDestination: 2)
        for id in 1...8 {
            bench.find(id)
            #expect(bench.claim(1, to: id) == 1)
            bench.end(id)
            _ = bench.claimAll(due: 0)
            bench.now += 110_000_000
        }
        for id in 1...8 { bench.find(id) }
        #expect(bench.claimAll(due: 1, isRetry: true) == 4)
        #expect(bench.claimAll(due: 1, isRetry: true) == 2)
        #expect(bench.claimAll(due: 1, isRetry: true) == 0)
        for id in 1...8 { bench.find(id) }
        #expect(bench.claimAll(due: 2) == 2)
        #expect(bench.flights.count == 8)
    }

    @Test mutating func `a destination with nothing but retries due is not asked again while they hold their share`() {
        bench = SlotBench(total: 64, perDestination: 4)
        bench.find(1)
        #expect(bench.claim(10, to: 1, isRetry: true) == 3)
        #expect(bench.slots.shares(at: bench.now).isEmpty)
    }
}

/// Slots with a clock, and what is in flight.
struct SlotBench {
    var slots: DestinationSlots
    var now: Int64 = 5_000_000_000
    private(set) var flights: [(claim: Outbox.Claim, start: Int64)] = []
    private var deliveries = 0

    init(total: Int, perDestination: Int) {
        slots = DestinationSlots(total: total, perDestination: perDestination)
    }

    mutating func find(_ id: Int, failures: Int = 0, isHalfOpen: Bool = false) {
        slots.found([Outbox.Destination(id: id, failures: failures, isHalfOpen: isHalfOpen)], at: now)
    }

    /// How many would be claimed for a destination.
    mutating func free(_ id: Int) -> Int? { slots.shares(at: now).first { $0.destination == id }?.free }

    /// Claims for one destination when so many are due.
    /// - Returns: how many start.
    mutating func claim(_ due: Int, to id: Int, isRetry: Bool = false) -> Int {
        let shares = slots.shares(at: now).filter { $0.destination == id }
        return claim(shares, due: due, isRetry: isRetry)
    }

    /// Claims for all destinations when so many are due to each.
    /// - Returns: how many start.
    mutating func claimAll(due: Int, isRetry: Bool = false) -> Int {
        claim(slots.shares(at: now), due: due, isRetry: isRetry)
    }

    private mutating func claim(_ shares: [Outbox.Share], due: Int, isRetry: Bool) -> Int {
        var claims: [Outbox.Claim] = []
        for share in shares {
            for _ in 0..<min(due, isRetry ? share.retries : share.free) {
                deliveries += 1
                claims.append(
                    Outbox.Claim(
                        id: "\(deliveries)/1/1", delivery: deliveries, lease: 1, destination: share.destination,
                        attempt: isRetry ? 2 : 1, dueAt: "", line: []))
            }
        }
        slots.claimed(claims, of: shares, at: now)
        return start()
    }

    mutating func start() -> Int {
        let started = slots.starting(at: now)
        flights += started.map { ($0.claim, now) }
        return started.count
    }

    /// Ends the oldest request to a destination.
    mutating func end(_ id: Int, _ reaction: Reaction = .answered) {
        guard let index = flights.firstIndex(where: { $0.claim.destination == id }) else { return }
        let flight = flights.remove(at: index)
        slots.ended(flight.claim, start: flight.start, reaction, at: now)
    }
}
