import Testing

@testable import Poller

/// Tests that destinations that answer keep slots, whatever others do. The clock is simulated, so a minute takes no
/// time.
struct SlotIsolationTests {
    private var world = SlotWorld()
    /// They answer within 10 ms, and a delivery for each of them becomes due every 80 ms.
    private static let healthy = 1...6

    private static func feedHealthy(_ world: inout SlotWorld, _ step: Int64) {
        for id in healthy where step % 80 == Int64(id * 13) { world.owe(to: id) }
    }

    private func expectHealthyWait(atMost milliseconds: Int64, _ location: SourceLocation = #_sourceLocation) {
        for id in SlotIsolationTests.healthy {
            #expect(world[id].longestWait <= milliseconds, sourceLocation: location)
            #expect(world[id].started > 0, sourceLocation: location)
            #expect(world.owed(to: id) <= 1, sourceLocation: location)
        }
    }

    /// Each has answered recently; deliveries are owed and more become due, as when many destinations hang at once.
    @Test(arguments: [30, 300])
    mutating func `however many hang together, those that answer wait for a slot for no more than a moment`(count: Int)
    {
        let crowd = 1001...1000 + count
        world.run(milliseconds: 3000) { world, step in
            SlotIsolationTests.feedHealthy(&world, step)
            for id in crowd where (Int64(id) * 7) % 3000 == step % 3000 { world.owe(to: id) }
        }
        for id in crowd { world.behaviours[id] = .hangs }
        world.resetRecords()
        world.run(milliseconds: 21_000) { world, step in
            SlotIsolationTests.feedHealthy(&world, step)
            if step == 1000 { for id in crowd { world.owe(10, to: id) } }
            for id in crowd where (Int64(id) * 7) % 3000 == step % 3000 { world.owe(to: id) }
        }
        expectHealthyWait(atMost: 2)
        // Two requests, and one after these have timed out.
        for id in crowd { #expect(world[id].mostInFlight <= 2) }
        #expect(world.mostInFlight <= 4096)
    }

    /// Each destination has its maximum in flight, and as many claims wait.
    @Test mutating func `of those that hang while a backlog flows nobody holds a slot for longer than 250 ms`() {
        let crowd = 1001...1030
        for id in crowd { world.owe(2000, to: id) }
        world.run(milliseconds: 1000, arrive: SlotIsolationTests.feedHealthy)
        #expect(world.inFlight > 200)
        for id in crowd { world.behaviours[id] = .hangs }
        world.resetRecords()
        world.run(milliseconds: 350, arrive: SlotIsolationTests.feedHealthy)
        expectHealthyWait(atMost: 270)
        world.resetRecords()
        world.run(milliseconds: 21_000, arrive: SlotIsolationTests.feedHealthy)
        expectHealthyWait(atMost: 2)
        for id in crowd {
            #expect(world[id].mostInFlight <= 16)
            // Nothing starts while one request waits; after the time-out one at a time.
            #expect(world[id].started <= 3)
        }
    }

    @Test mutating func `a hanging destination with a long backlog delays no other`() {
        world.owe(10_000, to: 1001)
        world.run(milliseconds: 300, arrive: SlotIsolationTests.feedHealthy)
        world.behaviours[1001] = .hangs
        world.resetRecords()
        world.run(milliseconds: 41_000, arrive: SlotIsolationTests.feedHealthy)
        expectHealthyWait(atMost: 1)
        #expect(world[1001].mostInFlight <= 16)
        #expect(world[1001].started <= 3 + 16)
    }

    @Test
    mutating func
        `a new destination waits for its first slot no longer than hundreds of new ones that hang need two each`()
    {
        for id in 1001...1500 {
            world.behaviours[id] = .hangs
            world.owe(20, to: id)
        }
        world.run(milliseconds: 200)
        world.owe(to: 3000)
        world.run(milliseconds: 2000)
        #expect(world[3000].answered == 1)
        // By then each destination has got a request, and none has timed out.
        for id in 1001...1500 { #expect(world[id].started == 2) }
        #expect(world.inFlight == 1000)
    }

    /// They have all rested for longer than an answer is remembered: nothing tells those that will answer from those that will
    /// not. Two others answer 40 times a second.
    @Test mutating func `a destination that has rested waits little behind hundreds of rested ones that hang`() {
        let crowd = 1001...1500
        let rested = 3001...3020
        func feedSteady(_ world: inout SlotWorld, _ step: Int64) {
            for id in 1...2 where step % 50 == Int64(id * 20) { world.owe(to: id) }
        }
        for id in Array(crowd) + Array(rested) { world.owe(to: id) }
        world.run(milliseconds: 5000, arrive: feedSteady)
        for id in crowd { world.behaviours[id] = .hangs }
        world.resetRecords()
        for id in crowd { world.owe(10, to: id) }
        world.run(milliseconds: 2000) { world, step in
            feedSteady(&world, step)
            for id in rested where step == Int64(id - 3000) * 50 { world.owe(to: id) }
        }
        // The first ones may wait, because it is not known yet which destinations hang.
        for id in rested { #expect(world[id].longestWait <= (id <= 3004 ? 150 : 30)) }
        for id in 1...2 { #expect(world[id].longestWait <= 2) }
        for id in crowd { #expect(world[id].mostInFlight == 2) }
    }

    @Test(arguments: [1000, 5000])
    mutating func `a slow destination that always answers gets its maximum at once`(delay: Int64) {
        world.behaviours[1001] = .answers(after: delay)
        world.owe(1000, to: 1001)
        // The limit grows: two, four, eight, sixteen.
        world.run(milliseconds: 4 * delay)
        world.resetRecords()
        world.run(milliseconds: 10 * delay)
        #expect(world[1001].answered >= 9 * 16)
        #expect(world[1001].mostInFlight == 16)
    }

    @Test mutating func `a destination that takes 400 ms and gets something each 50 ms gets it without much delay`() {
        world.behaviours[1001] = .answers(after: 400)
        world.run(milliseconds: 5000) { world, step in if step % 50 == 0 { world.owe(to: 1001) } }
        world.resetRecords()
        world.run(milliseconds: 10_000) { world, step in if step % 50 == 0 { world.owe(to: 1001) } }
        #expect(world[1001].longestWait <= 50)
        #expect(world[1001].answered >= 190)
    }

    /// They could use more slots than there are.
    @Test mutating func `slow destinations leave the slots to quick ones`() {
        for id in 1001...1040 {
            world.behaviours[id] = .answers(after: 1000)
            world.owe(300, to: id)
        }
        world.run(milliseconds: 8000, arrive: SlotIsolationTests.feedHealthy)
        world.resetRecords()
        world.run(milliseconds: 10_000, arrive: SlotIsolationTests.feedHealthy)
        expectHealthyWait(atMost: 250)
        // 256 requests at once, each of which takes a second.
        for id in 1001...1040 { #expect(world[id].answered >= 7 * 256 / 40) }
    }

    @Test mutating func `destinations of which each third request hangs leave the slots to others`() {
        for id in 1001...1040 {
            world.behaviours[id] = .hangsAtTimes(after: 100)
            world.owe(1000, to: id)
        }
        world.run(milliseconds: 1000, arrive: SlotIsolationTests.feedHealthy)
        world.resetRecords()
        world.run(milliseconds: 5000, arrive: SlotIsolationTests.feedHealthy)
        expectHealthyWait(atMost: 250)
        for id in 1001...1040 { #expect(world[id].mostInFlight <= 16) }
    }

    /// Fifty destinations could use sixteen slots each, and the delivery process completes 300 requests in a second.
    @Test mutating func `a delivery process that is behind is not given more than there are slots`() {
        world.throughput = 0.3
        for id in 1001...1050 {
            world.behaviours[id] = .answers(after: 1)
            world.owe(50, to: id)
        }
        world.run(milliseconds: 3000)
        world.resetRecords()
        world.run(milliseconds: 5000)
        #expect(world.mostInFlight <= 256 + 200)
    }

    @Test mutating func `what is in flight has a bound, and a part of it is for those that answer`() {
        world = SlotWorld(total: 64, requests: 200)
        world.run(milliseconds: 500, arrive: SlotIsolationTests.feedHealthy)
        let crowd = 1001...1200
        for id in crowd {
            world.behaviours[id] = .hangs
            world.owe(5, to: id)
        }
        world.run(milliseconds: 2000, arrive: SlotIsolationTests.feedHealthy)
        #expect(world.inFlight >= 200 - 32)
        world.resetRecords()
        world.run(milliseconds: 2500, arrive: SlotIsolationTests.feedHealthy)
        expectHealthyWait(atMost: 2)
        #expect(world.mostInFlight <= 200)
    }

    @Test mutating func `large lines in flight have a bound in bytes, and keep no small one from starting`() {
        for id in 1001...1200 {
            world.behaviours[id] = .hangs
            world.lineBytes[id] = 1 << 20
            world.owe(5, to: id)
        }
        world.run(milliseconds: 1500, arrive: SlotIsolationTests.feedHealthy)
        expectHealthyWait(atMost: 2)
        #expect(world.mostBytesInFlight <= 33 << 20)
        #expect(world.inFlight >= 32)
    }

    @Test mutating func `a storm of retries leaves slots to first attempts, to the same destinations and to others`() {
        let stormy = 1001...1040
        for id in stormy { world.oweRetries(4000, to: id) }
        world.run(milliseconds: 1000, arrive: SlotIsolationTests.feedHealthy)
        world.resetRecords()
        world.run(milliseconds: 1500) { world, step in
            SlotIsolationTests.feedHealthy(&world, step)
            if step == 500 { for id in stormy { world.owe(to: id) } }
        }
        expectHealthyWait(atMost: 30)
        #expect(world.mostInFlight <= 256)
    }
}
