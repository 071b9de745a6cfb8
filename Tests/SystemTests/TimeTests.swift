import Testing

@testable import System

/// Durations, instants and growing waits.
struct TimeTests {
    @Test func `a duration is read in seconds and milliseconds, cut or rounded up`() {
        let duration: Duration = .milliseconds(1500) + .nanoseconds(1)
        #expect(duration.wholeSeconds == 1)
        #expect(duration.wholeMilliseconds == 1500)
        #expect(duration.millisecondsRoundedUp == 1501)
        #expect(Duration.milliseconds(1500).millisecondsRoundedUp == 1500)
        #expect(Duration.milliseconds(1500).seconds == 1.5)
        #expect(Duration.microseconds(1500).milliseconds == 1.5)
        #expect(Duration.zero.millisecondsRoundedUp == 0)
    }

    @Test func `a duration that is too long for a number is the largest one`() {
        #expect(Duration.seconds(Int64.max).wholeMilliseconds == .max)
        #expect(Duration.seconds(Int64.max).millisecondsRoundedUp == .max)
        #expect(Duration.seconds(Int64.min).wholeMilliseconds == .min)
    }

    @Test func `an instant moves by durations, and two instants have one between them`() {
        let start = Instant(sinceStart: .seconds(7))
        let later = start + .milliseconds(250)
        #expect(later - start == .milliseconds(250))
        #expect(later - .milliseconds(250) == start)
        #expect(start < later)
        #expect(Instant.distantPast < start && start < .distantFuture)
    }

    @Test func `the clock does not go back, and nothing remains until an instant that has passed`() {
        let now = Instant.now
        #expect(now.elapsed >= .zero)
        #expect(now.remaining == .zero)
        #expect((now + .seconds(3600)).remaining > .seconds(3000))
        #expect(Instant.distantPast.remaining == .zero)
        #expect(Instant.distantFuture.remaining.millisecondsRoundedUp == .max)
    }

    @Test func `waits double up to the longest one, and begin anew after a success`() {
        var backoff = Backoff(first: .seconds(1), longest: .seconds(60))
        var waits: [Duration] = []
        for _ in 0..<8 { waits.append(backoff.fail()) }
        #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60].map { .seconds($0) })
        for _ in 0..<100 { waits.append(backoff.fail()) }
        #expect(waits.last == .seconds(60))
        backoff.succeed()
        let first = backoff.fail()
        #expect(first == .seconds(1))
    }

    @Test func `a wait for nothing lasts at least as long as asked`() throws {
        let start = Instant.now
        #expect(try wait(for: [], atMost: .microseconds(1500)) == [])
        #expect(start.elapsed >= .microseconds(1500))
    }
}
