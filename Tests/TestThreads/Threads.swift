import Foundation
import Synchronization

/// Threads that run the jobs of a few tests at a time. The next test begins when one of them has ended: if all tests began at
/// once, one that sleeps would go on only after all others had had their first job, which is minutes later.
final class Threads: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let waiting = DispatchSemaphore(value: 0)
    private let turns: Turns

    /// The tasks of all tests that have begun share `count` threads. `tests` is how many tests may have begun and not ended.
    init(count: Int, tests: Int) {
        turns = Turns(tests)
        for _ in 0..<count {
            Thread.detachNewThread { [self] in
                while true { runNext() }
            }
        }
    }

    /// Waits for its turn, and performs the test with these threads. Its turn may come while tests without threads of their
    /// own block the pool, so that it waits with these threads too.
    func run(_ test: @Sendable @concurrent () async throws -> Void) async throws {
        try await withTaskExecutorPreference(self) {
            await turns.begin()
            defer { turns.end() }
            try await test()
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        waiting.signal()
    }

    private func runNext() {
        waiting.wait()
        let job = jobs.withLock { $0.removeFirst() }
        unsafe job.runSynchronously(on: asUnownedTaskExecutor())
    }
}

/// Lets so many tests begin that no more than a number have begun and not ended. The others wait in the order in which they
/// came.
private final class Turns: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(free: count)) }

    func begin() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    func end() {
        let next: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }
}
