import System
import Testing

@testable import Poller

struct PaceTests {
    private var pace = Pace()
    private var now = Instant(sinceStart: .seconds(1))

    @Test func `there is no limit as long as nobody asks for one`() {
        #expect(pace.starts(at: now) == .max)
    }

    @Test mutating func `of several that were in flight together only the first one slows it down`() {
        for _ in 0..<16 { pace.slowDown(start: now - .nanoseconds(1), at: now) }
        #expect(pace.interval == .milliseconds(50))
        pace.slowDown(start: now + .nanoseconds(1), at: now + .nanoseconds(2))
        #expect(pace.interval == .milliseconds(100))
    }

    @Test mutating func `it starts one in each interval, and makes up for what was late`() {
        pace.slowDown(start: now, at: now)
        #expect(pace.starts(at: now) == 0)
        now = pace.next
        #expect(pace.starts(at: now) == 1)
        pace.started(at: now)
        #expect(pace.starts(at: now) == 0)
        #expect(pace.starts(at: now + .milliseconds(49)) == 0)
        now += .milliseconds(70)
        pace.started(at: now)
        #expect(pace.next == now + .milliseconds(30))
        now += .milliseconds(10_000)
        #expect(pace.starts(at: now) == 1)
    }

    @Test mutating func `it never waits longer than 30 seconds`() {
        for step in 0..<100 { pace.slowDown(start: now + .nanoseconds(step), at: now + .nanoseconds(step)) }
        #expect(pace.interval == .milliseconds(30_000))
    }

    @Test mutating func `each answer brings it nearer to no limit, also from the slowest pace`() {
        for step in 0..<100 { pace.slowDown(start: now + .nanoseconds(step), at: now + .nanoseconds(step)) }
        var answers = 0
        while pace.interval > .zero {
            let before = pace.interval
            pace.speedUp()
            #expect(pace.interval < before)
            answers += 1
        }
        #expect(answers < 600)
        #expect(pace.starts(at: now) == .max)
    }

    @Test mutating func `one that refused everything for minutes is back at 10 a second after ten answers`() {
        for step in 0..<100 { pace.slowDown(start: now + .nanoseconds(step), at: now + .nanoseconds(step)) }
        for _ in 0..<10 { pace.speedUp() }
        #expect(pace.interval <= .milliseconds(100))
    }

    @Test mutating func `a receiver that takes one in six seconds is not refused more than every fourth time`() {
        var took = 0
        var refused = 0
        var free = now
        let end = now + .milliseconds(3_600_000)
        while now < end {
            if pace.starts(at: now) > 0 {
                pace.started(at: now)
                if now < free {
                    refused += 1
                    pace.slowDown(start: now, at: now + .nanoseconds(1))
                } else {
                    took += 1
                    free = now + .milliseconds(6_000)
                    pace.speedUp()
                }
            }
            now += .milliseconds(10)
        }
        #expect(took > 300)
        #expect(refused * 4 < took)
    }

    @Test mutating func `a receiver that takes 20 a second and refuses the rest soon gets hardly more than that`() {
        var took = 0
        var refused = 0
        var second = now
        var inThisSecond = 0
        let end = now + .milliseconds(60_000)
        while now < end {
            if now - second >= .seconds(1) { (second, inThisSecond) = (now, 0) }
            for _ in 0..<min(pace.starts(at: now), 4) {
                pace.started(at: now)
                inThisSecond += 1
                if inThisSecond > 20 {
                    refused += 1
                    pace.slowDown(start: now, at: now + .nanoseconds(1))
                } else {
                    took += 1
                    pace.speedUp()
                }
            }
            now += .milliseconds(1)
        }
        #expect(took > 600)
        #expect(refused * 20 < took)
    }
}
