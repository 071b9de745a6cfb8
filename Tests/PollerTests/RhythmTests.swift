import Testing

@testable import Poller

/// When to look through the outbox, by a clock of the test's own.
struct RhythmTests {
    private let millisecond: Int64 = 1_000_000

    @Test func `an announcement brings the next look forward`() {
        var rhythm = Rhythm()
        rhythm.looked(started: 0, now: 10 * millisecond)
        #expect(!rhythm.isTimeToLook(now: 11 * millisecond))
        rhythm.wake(now: 11 * millisecond)
        #expect(rhythm.isTimeToLook(now: 11 * millisecond))
    }

    @Test func `looks that take long take no more than a tenth of the time, whatever is announced`() {
        var rhythm = Rhythm()
        rhythm.looked(started: 0, now: 100 * millisecond)
        rhythm.wake(now: 200 * millisecond)
        #expect(!rhythm.isTimeToLook(now: 1099 * millisecond))
        #expect(rhythm.isTimeToLook(now: 1100 * millisecond))
        rhythm.looked(started: 1100 * millisecond, now: 1101 * millisecond)
        rhythm.wake(now: 1102 * millisecond)
        #expect(rhythm.isTimeToLook(now: 1102 * millisecond))
    }

    @Test func `after a look that took a minute the next one comes within ten seconds`() {
        var rhythm = Rhythm()
        rhythm.looked(started: 0, now: 60_000 * millisecond)
        #expect(rhythm.isTimeToLook(now: 70_000 * millisecond))
    }
}
