import POSIX

/// Something did not happen in all the time it had.
package struct DidNotHappen: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}

/// Looks again and again until the condition holds. Blocks its thread; the time is generous, since a busy machine is no failure.
package func waitUntil(
    _ what: String = "the condition", timeoutSeconds: Int = 60, _ condition: () throws -> Bool
) throws {
    let deadline = Clock.monotonicNanoseconds + Int64(timeoutSeconds) * 1_000_000_000
    while try !condition() {
        guard Clock.monotonicNanoseconds < deadline else {
            throw DidNotHappen(description: "\(what) did not happen within \(timeoutSeconds) s")
        }
        _ = try wait(for: [], milliseconds: 10)
    }
}
