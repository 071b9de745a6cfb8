import Domain
import System
import Testing

@testable import Poller
@testable import Store

struct DestinationSlotsTests {
    private var bench = SlotBench(total: 64, perDestination: 4)

    @Test
    mutating func `a destination that nobody has tried gets two, and with its answers twice as many up to its maximum`()
    {
        bench.find(1)
        for expected in [2, 4, 4] {
            bench.find(1)
            #expect(bench.claim(10, to: 1) + bench.start() == expected)
            #expect(bench.flights.count == expected)
            while !bench.flights.isEmpty { bench.end(1) }
        }
    }

    @Test
    mutating func `deliveries to a destination that answers are claimed in advance, and start when a request ends`() {
        bench.warm(1)
        _ = bench.claim(4, to: 1)
        bench.end(1)
        #expect(bench.free(1) == 13)
        #expect(bench.claim(5, to: 1) == 1)
        for _ in 0..<4 {
            bench.end(1)
            #expect(bench.start() == 1)
        }
        bench.end(1)
        #expect(bench.start() == 0)
    }

    @Test mutating func `a claim looks from where the last look found the first, and then from what was claimed last`()
    {
        bench.find(1, firstDue: "03", retryDue: nil)
        #expect(bench.slots.shares(at: bench.now).map(\.floor) == ["03"])
        // If no delivery of a kind is due, the search for that kind begins at the time of that look.
        #expect(bench.slots.shares(at: bench.now).map(\.retryFloor) == [SlotBench.lookedAt])
        _ = bench.claim(1, to: 1, dueAt: "04")
        bench.end(1)
        #expect(bench.slots.floors(at: bench.now).map(\.first) == ["04"])
        bench.find(1, firstDue: "02", retryDue: "01")
        #expect(bench.slots.shares(at: bench.now).map(\.floor) == ["02"])
        #expect(bench.slots.shares(at: bench.now).map(\.retryFloor) == ["01"])
    }

    @Test mutating func `where to look is remembered while nothing is owed, and what is given back is looked for`() {
        bench.warm(1)
        _ = bench.claim(4, to: 1, dueAt: "05")
        bench.end(1)
        #expect(bench.claim(4, to: 1, dueAt: "06") == 1)
        bench.find(1, firstDue: "07")
        _ = bench.claim(1, to: 1, dueAt: "07")
        #expect(bench.slots.destinations[1]?.first.floor == "07")
        bench.now += .milliseconds(1100)
        #expect(bench.slots.overdue(at: bench.now).map(\.dueAt) == ["06", "06", "06", "07"])
        #expect(bench.slots.destinations[1]?.first.floor == "06")
        for _ in 0..<4 { bench.end(1) }
        _ = bench.claim(0, to: 1)
        #expect(bench.slots.destinations.isEmpty)
        #expect(bench.slots.floors(at: bench.now).map(\.first) == ["06"])
    }

    @Test mutating func `only what may start at once is looked for between the looks through the outbox`() {
        func lookedFor() -> [Int] { bench.slots.floors(at: bench.now).map(\.destination) }
        bench.find(1)
        #expect(lookedFor().isEmpty)
        #expect(bench.claim(1, to: 1) == 1)
        #expect(lookedFor() == [1])
        bench.find(1)
        #expect(bench.claim(1, to: 1) == 1)
        // Two requests are in flight to a destination that has not answered yet.
        #expect(lookedFor().isEmpty)
        bench.end(1)
        // The destination counts as due until a claim finds nothing.
        #expect(lookedFor().isEmpty)
        _ = bench.claim(0, to: 1)
        #expect(lookedFor() == [1])
        bench.end(1, .unanswered)
        #expect(lookedFor().isEmpty)
    }

    @Test mutating func `what has waited for a second is given back`() {
        bench.warm(1)
        _ = bench.claim(4, to: 1)
        bench.end(1)
        _ = bench.claim(5, to: 1)
        bench.now += .milliseconds(900)
        #expect(bench.slots.overdue(at: bench.now).isEmpty)
        bench.now += .milliseconds(200)
        #expect(bench.slots.overdue(at: bench.now).count == 4)
        #expect(bench.slots.overdue(at: .distantFuture).isEmpty)
    }

    @Test mutating func `what is claimed ahead takes no slot of another destination, and has a bound of its own`() {
        bench = SlotBench(total: 16, perDestination: 16)
        bench.find(1)
        _ = bench.claim(2, to: 1)
        // Its limit doubles with its answers, until it has all slots.
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
        // The next claim waits until half of them are used up.
        #expect(bench.slots.destinations[1]?.waiting.count ?? 0 > 8)
        #expect(bench.slots.destinations[1]?.waiting.count ?? 0 <= 16)
    }

    @Test mutating func `what is claimed ahead for others leaves the free slots to a new destination`() {
        bench = SlotBench(total: 40, perDestination: 4)
        for id in 1...8 {
            bench.warm(id)
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

    @Test mutating func `unknown and failing destinations hold half of all slots together, and the others the rest`() {
        bench.warm(100)
        _ = bench.claim(0, to: 100)
        for id in 1...60 { bench.find(id, failures: id % 2 * 3) }
        #expect(bench.claimAll(due: 9) == 32)
        #expect(bench.flights.allSatisfy { $0.claim.destination != 100 })
        bench.now += .milliseconds(10)
        bench.find(100)
        #expect(bench.slots.shares(at: bench.now).map(\.destination) == [100])
    }

    @Test mutating func `any number of unknown destinations does not cut the share of one that answers`() {
        bench = SlotBench(total: 64, perDestination: 16)
        bench.warm(1000)
        _ = bench.claim(8, to: 1000)
        for _ in 0..<8 { bench.end(1000) }
        for id in 1...500 { bench.find(id) }
        _ = bench.claimAll(due: 9)
        bench.end(bench.flights[0].claim.destination)
        bench.find(1000)
        #expect((bench.free(1000) ?? 0) >= 16)
    }

    @Test mutating func `a request that has waited for 250 ms gives its slot back, and its destination starts no more`()
    {
        bench = SlotBench(total: 4, perDestination: 4)
        bench.warm(1)
        bench.find(1)
        #expect(bench.claim(9, to: 1) == 4)
        bench.find(2)
        #expect(bench.claim(9, to: 2) == 0)
        bench.now += .milliseconds(249)
        #expect(bench.start() == 0)
        #expect(bench.slots.wakeTime(after: bench.now) == bench.now + .milliseconds(1))
        bench.now += .milliseconds(1)
        #expect(bench.start() == 1)
        #expect(bench.free(1) == nil)
        #expect(bench.claim(9, to: 2) == 1)
        #expect(bench.flights.count == 6)
    }

    @Test mutating func `failing destinations get one at a time`() {
        for id in 1...3 { bench.find(id, failures: 3) }
        #expect(bench.claimAll(due: 9) == 3)
        bench.now += .milliseconds(300)
        #expect(bench.claimAll(due: 9) == 0)
    }

    @Test mutating func `after a second without an answer it begins with two again`() {
        bench.warm(1)
        bench.now += .seconds(2)
        bench.find(1)
        #expect(bench.free(1) == 2)
        #expect(bench.claim(2, to: 1) == 2)
        bench.end(1)
        #expect((bench.free(1) ?? 0) >= 3)
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
        bench.warm(1)
        _ = bench.claim(4, to: 1)
        for _ in 0..<2 { bench.end(1) }
        #expect(bench.slots.takeMarks().isEmpty)
        for _ in 0..<2 { bench.end(1, .unanswered) }
        #expect(bench.slots.takeMarks() == [1: Outbox.Mark(failures: 2)])
    }

    @Test mutating func `what waits for a destination that is blocked is given back, and nothing is claimed for it`() {
        bench.warm(1)
        _ = bench.claim(4, to: 1)
        bench.end(1)
        _ = bench.claim(5, to: 1)
        let standing = Outbox.DestinationStatus(
            destination: 1, origin: "", failures: 10, isHalfOpen: true, blocked: .milliseconds(500), breaks: true)
        #expect(bench.slots.marked([standing], at: bench.now).count == 4)
        #expect(bench.free(1) == nil)
        bench.now += .milliseconds(600)
        for _ in 0..<4 { bench.end(1, .unanswered) }
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
            bench.now += .milliseconds(110)
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
        bench.warm(1)
        #expect(bench.claim(10, to: 1, isRetry: true) == 3)
        #expect(bench.slots.shares(at: bench.now).isEmpty)
    }
}
