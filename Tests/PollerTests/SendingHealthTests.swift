import Testing

@testable import Poller

/// Tests R12: a fault of the sender is charged to no delivery and is not tried without waits.
struct SendingHealthTests {
    private static let second: Int64 = 1_000_000_000

    @Test func `it works until something is wrong`() {
        var health = SendingHealth()
        #expect(health.room(at: 0) == .all)
        #expect(health.wakeTime(after: 0) == nil)
        let wasBroken = health.answered()
        #expect(!wasBroken)
    }

    @Test func `a delivery process that breaks off is left alone for a second, then twice as long each time`() {
        var health = SendingHealth()
        var now: Int64 = 0
        for seconds in [1.0, 2, 4, 8, 16, 32, 60, 60] {
            let rest = health.broke(at: now)
            #expect(rest == seconds)
            let end = now + Int64(seconds) * Self.second
            #expect(health.room(at: end - 1) == .none)
            #expect(health.wakeTime(after: now) == end)
            #expect(health.room(at: end) == .one)
            now = end
        }
    }

    @Test func `one answered attempt opens everything again, and the next failure begins anew`() {
        var health = SendingHealth()
        for now in 0..<4 { _ = health.broke(at: Int64(now) * 100 * Self.second) }
        let wasBroken = health.answered()
        #expect(wasBroken)
        #expect(health.room(at: 301 * Self.second) == .all)
        let rest = health.broke(at: 302 * Self.second)
        #expect(rest == 1)
    }

    @Test func `a few complaints among answers stop nothing, twenty in a row do`() {
        var health = SendingHealth()
        for _ in 0..<100 {
            let rest = health.complained(at: 0)
            #expect(rest == nil)
            _ = health.answered()
        }
        for _ in 0..<19 {
            let rest = health.complained(at: 0)
            #expect(rest == nil)
        }
        let rest = health.complained(at: 0)
        #expect(rest == 1)
        // The end of others that were in flight does not lengthen the wait.
        let another = health.complained(at: 0)
        #expect(another == nil)
        #expect(health.room(at: Self.second) == .one)
        let longer = health.complained(at: Self.second)
        #expect(longer == 2)
    }
}
