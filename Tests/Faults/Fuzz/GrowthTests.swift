import Foundation
import Synchronization
import TestSupport
import TestThreads
import Testing

/// How the work grows is counted in instructions by Tests/Faults/Fuzz/growth. Here it must come to an end on inputs of a
/// size at which what is quadratic takes many minutes.
@Suite(.ownThreads) struct GrowthTests {
    private final class Outcome: Sendable {
        let result = Mutex<Result<Void, Violation>?>(nil)
    }

    @Test(arguments: Growth.allCases)
    func `the work on a quarter of a megabyte of strangers' bytes comes to an end`(growth: Growth) throws {
        let outcome = Outcome()
        Thread.detachNewThread {
            let result = Result { () throws(Violation) in try growth.run(bytes: 1 << 18) }
            outcome.result.withLock { $0 = result }
        }
        try waitUntil("the end of \(growth)", timeoutSeconds: 300) { outcome.result.withLock { $0 != nil } }
        try outcome.result.withLock { $0 }?.get()
    }
}
