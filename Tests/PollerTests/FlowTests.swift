import System
import Testing

@testable import Poller

struct FlowTests {
    private var bench = SlotBench(total: 256, perDestination: 4)

    /// Answers this number of requests, evenly over 100 ms.
    private mutating func answer(_ count: Int) {
        for _ in 0..<count {
            bench.find(1)
            _ = bench.claim(4, to: 1)
            bench.end(1)
            _ = bench.start()
            bench.now += .milliseconds(100) / count
        }
    }

    @Test mutating func `as much is claimed ahead as a destination answers in 50 ms`() {
        bench.warm(1)
        answer(200)
        bench.find(1)
        let taken = bench.slots.destinations[1]?.taken ?? 0
        #expect((95...105).contains(taken + (bench.free(1) ?? 0)))
        // A quiet time ends that.
        bench.now += .milliseconds(101)
        #expect(bench.slots.destinations[1]?.mostAhead(4, at: bench.now) == 4)
    }

    @Test mutating func `a destination that answers slowly has a second window waiting`() {
        bench.warm(1)
        answer(4)
        bench.find(1)
        #expect((bench.slots.destinations[1]?.taken ?? 0) + (bench.free(1) ?? 0) == 8)
    }

    @Test mutating func `a round trip waits for more answers only while they come fast and claims wait here`() {
        bench.warm(1)
        answer(4)
        #expect(!bench.slots.mayGather(at: bench.now))
        answer(400)
        bench.find(1)
        _ = bench.claim(200, to: 1)
        #expect(bench.slots.mayGather(at: bench.now))
        bench.now += .milliseconds(101)
        #expect(!bench.slots.mayGather(at: bench.now))
    }

    @Test mutating func `a destination whose claims run out ends the wait`() {
        bench.warm(1)
        answer(400)
        bench.find(1)
        _ = bench.claim(200, to: 1)
        bench.find(2)
        #expect(!bench.slots.mayGather(at: bench.now))
    }
}
