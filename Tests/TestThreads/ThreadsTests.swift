import Synchronization
import Testing

@Suite struct ThreadsTests {
    /// Runs 20 tests that sleep, and returns the highest number of them that had begun and not ended at the same time.
    private func mostAtOnce(of threads: Threads) async throws -> Int {
        let counts = Counts()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await threads.run {
                        counts.begin()
                        try await Task.sleep(for: .milliseconds(1))
                        counts.end()
                    }
                }
            }
            try await group.waitForAll()
        }
        return counts.most
    }

    @Test func `a test that sleeps goes on before others begin`() async throws {
        #expect(try await mostAtOnce(of: Threads(count: 1, tests: 1)) == 1)
        #expect(try await mostAtOnce(of: Threads(count: 4, tests: 3)) <= 3)
    }

    @Test func `the tasks of one test run at the same time`() async throws {
        try await Threads(count: 8, tests: 1).run {
            let counts = Counts()
            let end = ContinuousClock.now + .seconds(60)
            // Each blocks its thread until all are there.
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        counts.begin()
                        while counts.most < 8, ContinuousClock.now < end {}
                    }
                }
            }
            #expect(counts.most == 8)
        }
    }

    @Test func `a test that fails lets the next one begin`() async throws {
        struct Failure: Error {}
        let threads = Threads(count: 1, tests: 1)
        await #expect(throws: Failure.self) { try await threads.run { throw Failure() } }
        try await threads.run {}
    }
}

/// Counts the tests that have begun and not ended: now, and at most so far.
private final class Counts: Sendable {
    private let counts = Mutex((now: 0, most: 0))

    func begin() {
        counts.withLock { counts in
            counts.now += 1
            counts.most = max(counts.most, counts.now)
        }
    }

    func end() { counts.withLock { $0.now -= 1 } }

    var most: Int { counts.withLock(\.most) }
}
