import POSIX

/// Something did not happen in all the time it had.
package struct DidNotHappen: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}

/// Looks again and again until the condition holds. Blocks its thread; the time is generous, since a busy machine is no failure.
/// Between two looks it waits four times as long as a look takes, 10 to 100 ms, so that waiting takes no processor from others.
package func waitUntil(
    _ what: String = "the condition", timeoutSeconds: Int = 60, _ condition: () throws -> Bool
) throws {
    let deadline = Clock.monotonicNanoseconds + Int64(timeoutSeconds) * 1_000_000_000
    while true {
        let start = Clock.monotonicNanoseconds
        if try condition() { return }
        let end = Clock.monotonicNanoseconds
        guard end < deadline else {
            throw DidNotHappen(description: "\(what) did not happen within \(timeoutSeconds) s")
        }
        _ = try wait(for: [], milliseconds: Int(min(max((end - start) / 250_000, 10), 100)))
    }
}
