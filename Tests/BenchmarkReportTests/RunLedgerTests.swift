import BenchmarkReport
import Testing

/// Tests that a run counts only if every delivery was requested once, acknowledged, and is owed no longer.
struct RunLedgerTests {
    private func ledger(
        expected: Int = 100, requests: Int = 100, different: Int = 100, delivered: Int = 100, owed: Int = 0
    ) -> RunLedger {
        RunLedger(expected: expected, requests: requests, different: different, delivered: delivered, owed: owed)
    }

    @Test func `a run in which everything was sent once and acknowledged is valid`() throws {
        #expect(ledger().mistakes.isEmpty)
        try ledger().check()
    }

    @Test func `each mistake makes the run void, and is named`() {
        let wrong = [
            (ledger(requests: 99, different: 99), "the receiver saw 99 requests of 100"),
            (ledger(requests: 101, different: 101), "the receiver saw 101 requests of 100"),
            (ledger(different: 98), "only 98 of them were different deliveries"),
            (ledger(delivered: 99), "99 of 100 rows were acknowledged as delivered"),
            (ledger(owed: 1), "1 rows are still owed"),
        ]
        for (ledger, mistake) in wrong {
            #expect(ledger.mistakes == [mistake])
            #expect(throws: VoidRun(description: mistake)) { try ledger.check() }
        }
    }

    @Test func `several mistakes are named together`() {
        let repeated = ledger(requests: 102, different: 99, delivered: 99, owed: 1)
        #expect(repeated.mistakes.count == 4)
        #expect(throws: VoidRun(description: repeated.description)) { try repeated.check() }
    }
}
