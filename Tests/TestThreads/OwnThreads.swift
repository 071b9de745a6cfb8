import Foundation
package import Testing

/// Runs each test on threads that are there for nothing else, a few tests at a time. A test that waits for processes blocks
/// its thread, and the pool on which Swift runs tests has as many threads as the machine has cores: with such a test on each
/// of them all others wait, and the machine does next to nothing.
package struct OwnThreads: SuiteTrait, TestTrait, TestScoping {
    private static let threads = Threads(count: 32, tests: 3 * ProcessInfo.processInfo.activeProcessorCount)

    package var isRecursive: Bool { true }

    package func scopeProvider(for test: Test, testCase: Test.Case?) -> OwnThreads? {
        testCase == nil ? nil : self
    }

    @concurrent package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await OwnThreads.threads.run(function)
    }
}

extension Trait where Self == OwnThreads {
    /// For suites that wait for processes, servers and sockets.
    package static var ownThreads: Self { OwnThreads() }
}
