import Synchronization
import TestSupport

/// A value that one step of a fault stores for the next.
final class Place<Value: Sendable>: Sendable {
    private let content = Mutex<Value?>(nil)

    func put(_ value: Value?) { content.withLock { $0 = value } }

    /// - Throws: if no earlier step has stored a value.
    func get() throws -> Value {
        guard let value = content.withLock({ $0 }) else {
            throw DidNotHappen(description: "an earlier step of the fault has stored its value")
        }
        return value
    }
}
