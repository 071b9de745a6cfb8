import Testing

@testable import Poller

struct PaceTests {
    private static let millisecond: Int64 = 1_000_000
    private var pace = Pace()
    private var now: Int64 = 1_000_000_000

    @Test func `there is no limit as long as nobody asks for one`() {
        #expect(pace.starts(at: now) == .max)
    }

    @Test mutating func `of several that were in flight together only the first one slows it down`() {
        for _ in 0..<16 { pace.slowDown(start: now - 1, at: now) }
        #expect(pace.interval == 50 * PaceTests.millisecond)
        pace.slowDown(start: now + 1, at: now + 2)
        #expect(pace.interval == 100 * PaceTests.millisecond)
    }

    @Test mutating func `it starts one in each interval, and makes up for what was late`() {
        pace.slowDown(start: now, at: now)
        #expect(pace.starts(at: now) == 0)
        now = pace.next
        #expect(pace.starts(at: now) == 1)
        pace.started(at: now)
        #expect(pace.starts(at: now) == 0)
        #expect(pace.starts(at: now + 49 * PaceTests.millisecond) == 0)
        now += 70 * PaceTests.millisecond
        pace.started(at: now)
        #expect(pace.next == now + 30 * PaceTests.millisecond)
        now += 10_000 * PaceTests.millisecond
        #expect(pace.starts(at: now) == 1)
    }

    @Test mutating func `it never waits longer than 30 seconds`() {
        for step in 0..<100 { pace.slowDown(start: now + Int64(step), at: now + Int64(step)) }
        #expect(pace.interval == 30_000 * PaceTests.millisecond)
    }

    @Test mutating func `each answer brings it nearer to no limit, also from the slowest pace`() {
        for step in 0..<100 { pace.slowDown(start: now + Int64(step), at: now + Int64(step)) }
        var answers = 0
        while pace.interval > 0 {
            let before = pace.interval
            pace.speedUp()
            #expect(pace.interval < before)
            answers += 1
        }
        #expect(answers < 600)
        #expect(pace.starts(at: now) == .max)
    }

    @Test mutating func `one that refused everything for minutes is back at 10 a second after ten answers`() {
        for step in 0..<100 { pace.slowDown(start: now + Int64(step), at: now + Int64(step)) }
        for _ in 0..<10 { pace.speedUp() }
        #expect(pace.interval <= 100 * PaceTests.millisecond)
    }

    @Test mutating func `a receiver that takes one in six seconds is not refused more than every fourth time`() {
        var took = 0
        var refused = 0
        var free = now
        let end = now + 3_600_000 * PaceTests.millisecond
        while now < end {
            if pace.starts(at: now) > 0 {
                pace.started(at: now)
                if now < free {
                    refused += 1
                    pace.slowDown(start: now, at: now + 1)
                } else {
                    took += 1
                    free = now + 6_000 * PaceTests.millisecond
                    pace.speedUp()
                }
            }
            now += 10 * PaceTests.millisecond
        }
        #expect(took > 300)
        #expect(refused * 4 < took)
    }

    @Test mutating func `a receiver that takes 20 a second and refuses the rest soon gets hardly more than that`() {
        var took = 0
        var refused = 0
        var second: Int64 = 0
        var inThisSecond = 0
        let end = now + 60_000 * PaceTests.millisecond
        while now < end {
            if now / 1_000_000_000 != second { (second, inThisSecond) = (now / 1_000_000_000, 0) }
            for _ in 0..<min(pace.starts(at: now), 4) {
                pace.started(at: now)
                inThisSecond += 1
                if inThisSecond > 20 {
                    refused += 1
                    pace.slowDown(start: now, at: now + 1)
                } else {
                    took += 1
                    pace.speedUp()
                }
            }
            now += 1 * PaceTests.millisecond
        }
        #expect(took > 600)
        #expect(refused * 20 < took)
    }
}
