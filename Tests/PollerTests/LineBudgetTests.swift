import System
import Testing

@testable import Poller

/// Tests how many lines may be written. The clock of the test counts in milliseconds.
struct LineBudgetTests {
    private func at(_ milliseconds: Int64) -> Instant { Instant(sinceStart: .milliseconds(5000 + milliseconds)) }

    @Test func `a limited number of lines a second are written, and the others are counted by kind and reported once`()
    {
        var budget = LineBudget<String>(perSecond: 3)
        let written = (0..<10).map { budget.mayWrite($0 % 2 == 0 ? "dead" : "failed", at: at($0 * 50)) }
        #expect(written == [true, true, true] + [Bool](repeating: false, count: 7))
        let told = [999, 1000, 1001].map { budget.takeLeftOut(at: at($0)) }
        #expect(told == [[:], ["dead": 3, "failed": 4], [:]])
    }

    @Test func `the second begins with its first line, and a new one has room again`() {
        var budget = LineBudget<String>(perSecond: 1)
        let written = [700, 1699, 1700].map { budget.mayWrite("dead", at: at($0)) }
        #expect(written == [true, false, true])
        // Lines that were left out are reported when the current second is over, if the report was not requested
        // before.
        let told = [1800, 2700].map { budget.takeLeftOut(at: at($0)) }
        #expect(told == [[:], ["dead": 1]])
    }

    @Test func `lines that were left out elsewhere are counted too`() {
        var budget = LineBudget<String>(perSecond: 5)
        budget.leaveOut(0, "failed")
        let nothing = budget.takeLeftOut(at: at(0))
        budget.leaveOut(480, "failed")
        let told = budget.takeLeftOut(at: at(0))
        #expect(nothing.isEmpty && told == ["failed": 480])
    }
}
