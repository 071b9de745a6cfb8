import Testing

@testable import Poller

/// When to look through the outbox, by a clock of the test's own.
struct RhythmTests {
    private let millisecond: Int64 = 1_000_000

    @Test func `an announcement brings the next look forward`() {
        var rhythm = Rhythm()
        rhythm.looked(.whole, started: 0, now: 10 * millisecond)
        #expect(rhythm.look(now: 11 * millisecond) == nil)
        rhythm.wake(now: 11 * millisecond)
        #expect(rhythm.look(now: 11 * millisecond) == .whole)
    }

    @Test
    func
        `whole looks that take long take no more than a tenth of the time, and known destinations are asked meanwhile`()
    {
        var rhythm = Rhythm()
        rhythm.looked(.whole, started: 0, now: 100 * millisecond)
        rhythm.wake(now: 200 * millisecond)
        #expect(rhythm.look(now: 200 * millisecond) == .known)
        rhythm.looked(.known, started: 200 * millisecond, now: 201 * millisecond)
        rhythm.wake(now: 1099 * millisecond)
        #expect(rhythm.look(now: 1099 * millisecond) == .known)
        #expect(rhythm.look(now: 1100 * millisecond) == .whole)
        rhythm.looked(.whole, started: 1100 * millisecond, now: 1101 * millisecond)
        rhythm.wake(now: 1102 * millisecond)
        #expect(rhythm.look(now: 1102 * millisecond) == .whole)
    }

    @Test
    func `looks for known destinations that take long take no more than a tenth of the time, whatever is announced`() {
        var rhythm = Rhythm()
        rhythm.looked(.whole, started: 0, now: 1000 * millisecond)
        rhythm.looked(.known, started: 1000 * millisecond, now: 1100 * millisecond)
        rhythm.wake(now: 1200 * millisecond)
        #expect(rhythm.look(now: 2099 * millisecond) == nil)
        #expect(rhythm.look(now: 2100 * millisecond) == .known)
    }

    @Test func `after a look that took a minute the next whole one comes within ten seconds`() {
        var rhythm = Rhythm()
        rhythm.looked(.whole, started: 0, now: 60_000 * millisecond)
        #expect(rhythm.look(now: 70_000 * millisecond) == .whole)
    }
}
