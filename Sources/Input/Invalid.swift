/// A validation message as a predicate, such as `must be a string`.
package struct Invalid: Error, Equatable {
    package let message: String
    /// Further faults of the same value.
    private let others: [String]

    package init(_ message: String) { self.init(message, others: []) }

    private init(_ message: String, others: [String]) {
        self.message = message
        self.others = others
    }

    /// All faults of a value; nil if there are none.
    package init?(_ messages: [String]) {
        guard let first = messages.first else { return nil }
        self.init(first, others: Array(messages.dropFirst()))
    }

    package var messages: [String] { [message] + others }
}
