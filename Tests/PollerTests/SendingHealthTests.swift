import System
import Testing

@testable import Poller

/// Tests R12: a fault of the sender is charged to no delivery and is not tried without waits.
struct SendingHealthTests {
    private func at(_ seconds: Double) -> Instant { Instant(sinceStart: .seconds(seconds)) }

    @Test func `it works until something is wrong`() {
        var health = SendingHealth()
        #expect(health.room(at: at(0)) == .all)
        #expect(health.wakeTime(after: at(0)) == nil)
        let wasBroken = health.answered()
        #expect(!wasBroken)
    }

    @Test func `a delivery process that breaks off is left alone for a second, then twice as long each time`() {
        var health = SendingHealth()
        var now = at(0)
        for seconds in [1.0, 2, 4, 8, 16, 32, 60, 60] {
            let rest = health.broke(at: now)
            #expect(rest == .seconds(seconds))
            let end = now + .seconds(seconds)
            #expect(health.room(at: end - .nanoseconds(1)) == .none)
            #expect(health.wakeTime(after: now) == end)
            #expect(health.room(at: end) == .one)
            now = end
        }
    }

    @Test func `one answered attempt opens everything again, and the next failure begins anew`() {
        var health = SendingHealth()
        for now in 0..<4 { _ = health.broke(at: at(100 * Double(now))) }
        let wasBroken = health.answered()
        #expect(wasBroken)
        #expect(health.room(at: at(301)) == .all)
        let rest = health.broke(at: at(302))
        #expect(rest == .seconds(1))
    }

    @Test func `a few complaints among answers stop nothing, twenty in a row do`() {
        var health = SendingHealth()
        for _ in 0..<100 {
            let rest = health.complained(at: at(0))
            #expect(rest == nil)
            _ = health.answered()
        }
        for _ in 0..<19 {
            let rest = health.complained(at: at(0))
            #expect(rest == nil)
        }
        let rest = health.complained(at: at(0))
        #expect(rest == .seconds(1))
        // The end of others that were in flight does not lengthen the wait.
        let another = health.complained(at: at(0))
        #expect(another == nil)
        #expect(health.room(at: at(1)) == .one)
        let longer = health.complained(at: at(1))
        #expect(longer == .seconds(2))
    }
}
