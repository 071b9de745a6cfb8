import System

/// An event that was expected did not happen in time.
package struct DidNotHappen: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}

/// Checks repeatedly until the condition holds, and blocks its thread meanwhile. The time is generous, because a busy
/// machine is no failure. Between two checks it waits four times as long as a check takes, 10 to 100 ms, so that
/// waiting uses little processor time.
package func waitUntil(
    _ what: String = "the condition", timeoutSeconds: Int = 60, _ condition: () throws -> Bool
) throws {
    let deadline = Instant.now + .seconds(timeoutSeconds)
    while true {
        let start = Instant.now
        if try condition() { return }
        let end = Instant.now
        guard end < deadline else {
            throw DidNotHappen(description: "\(what) did not happen within \(timeoutSeconds) s")
        }
        _ = try wait(for: [], atMost: min(max((end - start) * 4, .milliseconds(10)), .milliseconds(100)))
    }
}
