import System
import Testing

@testable import Poller

/// When more is claimed ahead, and how answers that wait here count.
struct SlotAheadTests {
    private var bench = SlotBench(total: 64, perDestination: 4)

    @Test mutating func `a destination that takes longer than 100 ms for an answer holds twice its window`() {
        for (time, free) in [(100, 15), (101, 7)] {
            bench = SlotBench(total: 64, perDestination: 16)
            bench.find(1)
            #expect(bench.claim(2, to: 1) == 2)
            bench.now += .milliseconds(time)
            bench.end(1)
            #expect(bench.free(1) == free)
        }
    }

    @Test mutating func `the next claim for a quick destination waits until half of what waits here is used up`() {
        bench.find(1)
        #expect(bench.claim(2, to: 1) == 2)
        bench.end(1)
        // Three start, and twelve wait.
        #expect(bench.claim(15, to: 1) == 3)
        for _ in 0..<5 {
            #expect(bench.free(1) == nil)
            bench.end(1)
            #expect(bench.start() == 1)
        }
        #expect(bench.free(1) == nil)
        bench.end(1)
        #expect(bench.start() == 1)
        #expect(bench.free(1) == 6)
    }

    @Test mutating func `an answer that waits here counts as in flight until it is on its way to the database`() {
        bench.warm(1)
        #expect(bench.claim(4, to: 1) == 4)
        bench.end(1)
        bench.find(1)
        #expect(bench.claim(8, to: 1) == 1)
        for _ in 0..<4 { bench.end(1, isKept: true) }
        #expect(bench.start() == 0)
        bench.slots.sendAnswers(of: [1, 1])
        #expect(bench.start() == 2)
        // Answers that could not be stored count again.
        bench.slots.keepAnswers(of: [1, 1])
        bench.end(1, isKept: true)
        #expect(bench.start() == 0)
        bench.slots.sendAnswers(of: [1, 1, 1, 1, 1])
        #expect(bench.start() == 3)
    }
}
