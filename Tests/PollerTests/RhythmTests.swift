import Store
import System
import Testing

@testable import Poller

/// Tests when the outbox is searched, with a clock of the test.
struct RhythmTests {
    /// An instant of the test's own clock.
    private func at(_ milliseconds: Int) -> Instant { Instant(sinceStart: .milliseconds(milliseconds)) }

    @Test func `an announcement brings the next look forward`() {
        var rhythm = Rhythm()
        rhythm.looked(.part(behind: .start), started: at(8), now: at(10))
        #expect(rhythm.look(now: at(11)) == nil)
        rhythm.wake(now: at(11))
        #expect(rhythm.look(now: at(11)) == .part(behind: .start))
    }

    @Test
    func
        `a look that has come to no end goes on within a tenth of the time, and known destinations are asked meanwhile`()
    {
        var rhythm = Rhythm()
        let place = Outbox.Place(destination: 7, isRetry: true)
        rhythm.looked(.part(behind: .start), reached: place, started: at(0), now: at(2))
        rhythm.wake(now: at(5))
        #expect(rhythm.look(now: at(5)) == .known)
        rhythm.looked(.known, started: at(5), now: at(10))
        #expect(rhythm.nextLook == at(22))
        #expect(rhythm.look(now: at(22)) == .part(behind: place))
        // The looks continue without a notification.
        rhythm.looked(.part(behind: place), reached: nil, started: at(22), now: at(23))
        rhythm.wake(now: at(24))
        #expect(rhythm.look(now: at(24)) == .part(behind: .start))
    }

    @Test func `after a look of three milliseconds known destinations are asked without an announcement`() {
        var rhythm = Rhythm()
        rhythm.wake(now: at(0))
        rhythm.looked(.part(behind: .start), started: at(0), now: at(3))
        #expect(rhythm.look(now: at(5)) == .known)
        rhythm.looked(.known, started: at(5), now: at(6))
        #expect(rhythm.nextLook <= at(16))
    }

    @Test
    func
        `looks that take long are made apart, in no more than a tenth of the time, and known destinations are asked meanwhile`()
    {
        var rhythm = Rhythm()
        rhythm.looked(.part(behind: .start), started: at(0), now: at(100))
        #expect(rhythm.looksApart)
        rhythm.wake(now: at(200))
        #expect(rhythm.look(now: at(200)) == .known)
        rhythm.looked(.known, started: at(200), now: at(201))
        rhythm.wake(now: at(1099))
        #expect(rhythm.startLookApart(now: at(1099)) == nil)
        #expect(rhythm.nextLookApart == at(1100))
        #expect(rhythm.startLookApart(now: at(1100)) == .start)
        // While it is under way no other one starts.
        #expect(rhythm.startLookApart(now: at(1101)) == nil)
        #expect(rhythm.look(now: at(1101)) == .known)
        rhythm.lookedApart(started: at(1100), now: at(1101))
        #expect(!rhythm.looksApart)
        rhythm.wake(now: at(1102))
        #expect(rhythm.look(now: at(1102)) == .part(behind: .start))
    }

    @Test func `a look that was made apart goes on where it ended`() {
        var rhythm = Rhythm()
        let place = Outbox.Place(destination: 7, isRetry: true)
        rhythm.looked(.part(behind: .start), reached: place, started: at(0), now: at(100))
        #expect(rhythm.startLookApart(now: at(1100)) == place)
        rhythm.lookedApart(reached: place, started: at(1100), now: at(1200))
        #expect(rhythm.startLookApart(now: at(2200)) == place)
        rhythm.lookedApart(started: at(2200), now: at(2300))
        #expect(rhythm.startLookApart(now: at(3300)) == .start)
    }

    @Test func `without a connection of their own the looks are made beside the claims again`() {
        var rhythm = Rhythm()
        rhythm.looked(.part(behind: .start), started: at(0), now: at(100))
        rhythm.giveUpLooksApart()
        #expect(rhythm.startLookApart(now: at(1100)) == nil)
        #expect(rhythm.look(now: at(1100)) == .part(behind: .start))
    }

    @Test
    func `looks for known destinations that take long take no more than a tenth of the time, whatever is announced`() {
        var rhythm = Rhythm()
        rhythm.looked(.part(behind: .start), started: at(0), now: at(1000))
        rhythm.looked(.known, started: at(1000), now: at(1100))
        rhythm.wake(now: at(1200))
        #expect(rhythm.look(now: at(2099)) == nil)
        #expect(rhythm.look(now: at(2100)) == .known)
    }

    @Test func `after a look that took a minute the next one comes within ten seconds`() {
        var rhythm = Rhythm()
        rhythm.looked(.part(behind: .start), started: at(0), now: at(60_000))
        #expect(rhythm.startLookApart(now: at(70_000)) == .start)
    }
}
