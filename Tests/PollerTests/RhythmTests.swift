import Store
import Testing

@testable import Poller

/// Tests when the outbox is searched, with a clock of the test.
struct RhythmTests {
    private let millisecond: Int64 = 1_000_000

    @Test func `an announcement brings the next look forward`() {
        var rhythm = Rhythm()
        rhythm.looked(.part(behind: .start), started: 0, now: 10 * millisecond)
        #expect(rhythm.look(now: 11 * millisecond) == nil)
        rhythm.wake(now: 11 * millisecond)
        #expect(rhythm.look(now: 11 * millisecond) == .part(behind: .start))
    }

    @Test
    func
        `a look that has come to no end goes on within a tenth of the time, and known destinations are asked meanwhile`()
    {
        var rhythm = Rhythm()
        let place = Outbox.Place(destination: 7, isRetry: true)
        rhythm.looked(.part(behind: .start), reached: place, started: 0, now: 4 * millisecond)
        rhythm.wake(now: 5 * millisecond)
        #expect(rhythm.look(now: 5 * millisecond) == .known)
        rhythm.looked(.known, started: 5 * millisecond, now: 10 * millisecond)
        #expect(rhythm.nextLook == 44 * millisecond)
        #expect(rhythm.look(now: 44 * millisecond) == .part(behind: place))
        // The looks continue without a notification.
        rhythm.looked(.part(behind: place), reached: nil, started: 44 * millisecond, now: 45 * millisecond)
        rhythm.wake(now: 46 * millisecond)
        #expect(rhythm.look(now: 46 * millisecond) == .part(behind: .start))
    }

    @Test
    func
        `looks that take long take no more than a tenth of the time, and known destinations are asked meanwhile`()
    {
        var rhythm = Rhythm()
        rhythm.looked(.part(behind: .start), started: 0, now: 100 * millisecond)
        rhythm.wake(now: 200 * millisecond)
        #expect(rhythm.look(now: 200 * millisecond) == .known)
        rhythm.looked(.known, started: 200 * millisecond, now: 201 * millisecond)
        rhythm.wake(now: 1099 * millisecond)
        #expect(rhythm.look(now: 1099 * millisecond) == .known)
        #expect(rhythm.look(now: 1100 * millisecond) == .part(behind: .start))
        rhythm.looked(.part(behind: .start), started: 1100 * millisecond, now: 1101 * millisecond)
        rhythm.wake(now: 1102 * millisecond)
        #expect(rhythm.look(now: 1102 * millisecond) == .part(behind: .start))
    }

    @Test
    func `looks for known destinations that take long take no more than a tenth of the time, whatever is announced`() {
        var rhythm = Rhythm()
        rhythm.looked(.part(behind: .start), started: 0, now: 1000 * millisecond)
        rhythm.looked(.known, started: 1000 * millisecond, now: 1100 * millisecond)
        rhythm.wake(now: 1200 * millisecond)
        #expect(rhythm.look(now: 2099 * millisecond) == nil)
        #expect(rhythm.look(now: 2100 * millisecond) == .known)
    }

    @Test func `after a look that took a minute the next one comes within ten seconds`() {
        var rhythm = Rhythm()
        rhythm.looked(.part(behind: .start), started: 0, now: 60_000 * millisecond)
        #expect(rhythm.look(now: 70_000 * millisecond) == .part(behind: .start))
    }
}
