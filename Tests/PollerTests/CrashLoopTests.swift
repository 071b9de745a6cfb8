import System
import Testing

@testable import Poller

/// Tests when a process that keeps ending is reported. The clock of the test counts in seconds.
struct CrashLoopTests {
    private func at(_ seconds: Double) -> Instant { Instant(sinceStart: .seconds(7 + seconds)) }

    @Test func `the first end is reported, then the count once a minute, and the end of the loop`() {
        var loop = CrashLoop()
        let times = stride(from: 0.0, through: 125, by: 5)
        let told = times.compactMap { loop.ended(at: at($0)) }
        #expect(told == [.init(ends: 1, seconds: 0), .init(ends: 13, seconds: 60), .init(ends: 25, seconds: 120)])
        let early = loop.answers(at: at(184))
        let over = loop.answers(at: at(185))
        let later = loop.answers(at: at(300))
        #expect(early == nil && over == .init(ends: 26, seconds: 125) && later == nil)
        let again = loop.ended(at: at(301))
        #expect(again == .init(ends: 1, seconds: 0))
    }

    @Test func `a single end is not a loop, and no end of a loop is reported`() {
        var loop = CrashLoop()
        let before = loop.answers(at: at(0))
        _ = loop.ended(at: at(1))
        let after = loop.answers(at: at(100))
        #expect(before == nil && after == nil)
        let another = loop.ended(at: at(130))
        #expect(another == .init(ends: 1, seconds: 0))
    }
}
