import Domain
import System
import Testing

@testable import Poller
@testable import Store

/// Each number of the table of ceilings (`DestinationHealth`): with a larger or a smaller one, a test here or in
/// `DestinationSlotsTests` or `SlotIsolationTests` fails.
struct SlotCeilingTests {
    private var bench = SlotBench(total: 64, perDestination: 16)

    /// One request was answered at once, while two were in flight.
    private mutating func answerOne() {
        bench.find(1)
        #expect(bench.claim(2, to: 1) == 2)
        bench.end(1)
    }

    @Test
    mutating func `a quick destination holds four times its window, which is twice what it has answered together`() {
        answerOne()
        // The destination has one of its sixteen.
        #expect(bench.free(1) == 15)
    }

    @Test mutating func `100 ms after an answer a destination holds its window and no more`() {
        answerOne()
        bench.now += .milliseconds(100) - .nanoseconds(1)
        #expect(bench.free(1) == 15)
        bench.now += .nanoseconds(1)
        #expect(bench.free(1) == 3)
        // And it is looked for.
        #expect(bench.claim(1, to: 1) == 1)
        #expect(bench.slots.floors(at: bench.now).map(\.destination) == [1])
    }

    @Test mutating func `nothing is claimed ahead for a destination that asks for a slower pace`() {
        bench.find(1)
        #expect(bench.claim(2, to: 1) == 2)
        bench.end(1, .overloaded(pause: .zero))
        bench.now += .milliseconds(50)
        #expect(bench.free(1) == 1)
    }

    @Test mutating func `a destination that asks for a slower pace gets no more of what waits here at once`() {
        answerOne()
        // Three start, and four wait.
        #expect(bench.claim(7, to: 1) == 3)
        bench.end(1, .overloaded(pause: .zero))
        #expect(bench.start() == 0)
        bench.now += .milliseconds(50)
        #expect(bench.start() == 1)
    }

    @Test mutating func `a destination that was blocked gets one at a time, also when its failures are not known`() {
        bench.find(1, isHalfOpen: true)
        #expect(bench.claim(9, to: 1) == 1)
        #expect(bench.free(1) == nil)
    }

    @Test mutating func `a destination has its window until a second after its last answer`() {
        answerOne()
        bench.end(1)
        bench.now += .milliseconds(1000) - .nanoseconds(1)
        #expect(bench.free(1) == 4)
        bench.now += .nanoseconds(1)
        #expect(bench.free(1) == 2)
    }

    @Test mutating func `a destination with a request that waits has its window until 250 ms after its last answer`() {
        bench.find(1)
        #expect(bench.claim(2, to: 1) == 2)
        bench.now += .milliseconds(200)
        bench.end(1)
        bench.now += .milliseconds(250) - .nanoseconds(1)
        #expect(bench.free(1) == 3)
        bench.now += .nanoseconds(1)
        #expect(bench.free(1) == 1)
    }

    @Test mutating func `a silent destination may have two in flight, and is looked for`() {
        bench.find(1)
        #expect(bench.claim(1, to: 1) == 1)
        bench.now += .milliseconds(250)
        #expect(bench.slots.floors(at: bench.now).map(\.destination) == [1])
        bench.find(1)
        #expect(bench.free(1) == 1)
        #expect(bench.claim(9, to: 1) == 1)
        #expect(bench.free(1) == nil)
    }

    @Test(arguments: ["unknown", "silent", "failing"])
    mutating func `destinations in doubt share half of the slots, whatever the reason`(health: String) {
        bench = SlotBench(total: 4, perDestination: 2)
        for id in 1...2 {
            bench.find(id, failures: health == "failing" ? 1 : 0)
            #expect(bench.claim(1, to: id) == 1)
        }
        if health == "silent" {
            bench.now += .milliseconds(250)
            for id in 1...2 {
                bench.find(id)
                #expect(bench.claim(1, to: id) == 1)
            }
        }
        bench.find(3)
        #expect(bench.claim(1, to: 3) == 0)
    }

    @Test mutating func `requests without slots leave no more sockets than there are`() {
        bench = SlotBench(total: 4, perDestination: 4, requests: 7)
        for id in 1...2 {
            bench.warm(id)
            _ = bench.claim(0, to: id)
        }
        bench.find(1)
        #expect(bench.claim(9, to: 1) == 4)
        bench.now += .milliseconds(250)
        // A destination in doubt leaves two of the seven, which is half of the slots.
        bench.find(3)
        #expect(bench.claim(9, to: 3) == 1)
        bench.find(2)
        #expect(bench.claim(9, to: 2) == 2)
    }

    @Test mutating func `large lines to destinations in doubt take half of their 64 MiB, and those to others take all`()
    {
        bench.warm(1)
        bench.line = Array(repeating: 0, count: 16 << 20)
        for (id, started) in [(2, 2), (3, 0)] {
            bench.find(id)
            #expect(bench.claim(2, to: id) == started)
        }
        #expect(bench.claim(9, to: 1) == 2)
    }

    @Test mutating func `no more large lines are claimed than may start`() {
        bench.warm(1)
        bench.line = Array(repeating: 0, count: 16 << 20)
        #expect(bench.claim(4, to: 1) == 4)
        bench.find(1)
        #expect(bench.free(1) == nil)
        bench.end(1)
        #expect(bench.free(1) == 1)
    }

    @Test mutating func `a line of 16 KiB is not large`() {
        bench.line = Array(repeating: 0, count: 32 << 20)
        bench.find(1)
        #expect(bench.claim(1, to: 1) == 1)
        for (id, bytes, started) in [(2, 16 << 10, 1), (3, 16 << 10 + 1, 0)] {
            bench.line = Array(repeating: 0, count: bytes)
            bench.find(id)
            #expect(bench.claim(1, to: id) == started)
        }
    }

    @Test mutating func `retries take three quarters of what one destination may have, and at least one`() {
        bench.find(1)
        #expect(bench.retries(1) == 1)
        bench.find(2, failures: 1)
        #expect(bench.retries(2) == 1)
        answerOne()
        bench.end(1)
        // Quick, with a window of four: twelve of sixteen.
        #expect(bench.free(1) == 16)
        #expect(bench.retries(1) == 12)
    }

    @Test mutating func `retries that are claimed ahead take three quarters of twice the slots`() {
        bench = SlotBench(total: 8, perDestination: 16)
        bench.warm(1)
        #expect(bench.claim(9, to: 1, isRetry: true) == 6)
        bench.end(1)
        bench.find(1)
        #expect(bench.free(1) == 8)
        #expect(bench.retries(1) == 12 - 5)
    }

    @Test mutating func `retries that wait here start up to three quarters of the window and of the slots`() {
        answerOne()
        bench.end(1)
        // Nine are claimed for a window of four.
        #expect(bench.claim(9, to: 1, isRetry: true) == 3)
        bench = SlotBench(total: 8, perDestination: 16)
        bench.warm(1)
        #expect(bench.claim(1, to: 1) == 1)
        bench.end(1)
        bench.find(1)
        // Eight are claimed for a window of sixteen.
        #expect(bench.retries(1) == 8)
        #expect(bench.claim(9, to: 1, isRetry: true) == 6)
    }

    @Test mutating func `destinations in doubt share what is free of their half, and nothing of what may wait here`() {
        bench = SlotBench(total: 4, perDestination: 4)
        for id in 1...3 { bench.find(id) }
        #expect(bench.slots.shares(at: bench.now).map(\.free) == [1, 1])
    }

    @Test mutating func `the number of destinations that answer does not cut the share of those in doubt`() {
        bench = SlotBench(total: 16, perDestination: 2)
        for id in 1...10 { bench.find(id) }
        #expect(bench.claimAll(due: 1) == 8)
        for id in 1...8 {
            bench.end(id)
            bench.find(id)
        }
        #expect(bench.free(9) == 2)
    }

    @Test mutating func `a destination that answers waits for its turn when others hold all slots`() {
        bench = SlotBench(total: 4, perDestination: 4)
        for id in 1...2 {
            bench.warm(id)
            _ = bench.claim(0, to: id)
        }
        bench.find(1)
        #expect(bench.claim(4, to: 1) == 4)
        bench.find(2)
        #expect(bench.free(2) == 1)
        // Also when the other one fails: then destinations in doubt hold more than their half.
        bench.find(1, failures: 1)
        #expect(bench.free(2) == 1)
    }

    @Test mutating func `a request in doubt gives its slot back when one that was started later is answered`() {
        bench = SlotBench(total: 4, perDestination: 4)
        for id in 1...2 {
            bench.find(id)
            #expect(bench.claim(1, to: id) == 1)
            bench.now += .milliseconds(1)
        }
        bench.end(2)
        bench.find(3)
        #expect(bench.claim(2, to: 3) == 2)
    }

    @Test mutating func `requests to one that answers keep their slots when one that was started later is answered`() {
        bench = SlotBench(total: 4, perDestination: 4)
        for id in 1...2 {
            bench.warm(id)
            _ = bench.claim(0, to: id)
        }
        for (id, count) in [(1, 3), (2, 1)] {
            bench.find(id)
            #expect(bench.claim(count, to: id) == count)
            _ = bench.claim(0, to: id)
            bench.now += .milliseconds(1)
        }
        bench.end(2)
        bench.find(2)
        #expect(bench.claim(9, to: 2) == 1)
    }

    @Test mutating func `a slower pace ends when less than a millisecond is left between two starts`() {
        var pace = Pace()
        pace.slowDown(start: Instant(sinceStart: .zero), at: Instant(sinceStart: .zero))
        var last = pace.interval
        while pace.interval > .zero {
            last = pace.interval
            pace.speedUp()
        }
        #expect(last >= .milliseconds(1))
        #expect(last - last / 64 < .milliseconds(1))
    }

    @Test mutating func `a slower pace makes up for 20 ms of unused starts`() {
        var pace = Pace()
        pace.slowDown(start: Instant(sinceStart: .zero), at: Instant(sinceStart: .zero))
        while pace.interval > .milliseconds(4) { pace.speedUp() }
        let burst = Int(Duration.milliseconds(20) / pace.interval)
        #expect(pace.starts(at: bench.now) == 1 + burst)
    }

    @Test func `one delivery process takes 4,096 requests, and fewer if it may open fewer files`() {
        #expect(SlotLimits(slots: 5000, perDestination: 4).slots == 4096)
        #expect(SlotLimits(slots: 5000, perDestination: 4, openFiles: 1024).slots == 960)
    }

    @Test mutating func `10,000 destinations are remembered while nothing is owed to them`() {
        func block(_ ids: ClosedRange<Int>) {
            for id in ids { bench.find(id) }
            let blocked = ids.map {
                Outbox.DestinationStatus(
                    destination: $0, origin: "", failures: 0, isHalfOpen: false, blocked: .milliseconds(1),
                    breaks: false)
            }
            _ = bench.slots.marked(blocked, at: bench.now)
        }
        block(1...10_000)
        #expect(bench.slots.floors(at: bench.now).count == 10_000)
        block(10_001...10_001)
        #expect(bench.slots.floors(at: bench.now).count == 1)
    }
}
