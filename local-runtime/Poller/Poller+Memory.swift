import Store

/// Limits in bytes for what a poller holds: claimed lines, and the answers that one statement stores.
extension Poller {
    /// Bytes of the claimed lines that have not been written to the delivery process.
    var heldLineBytes: Int {
        slots.destinations.values.reduce(process.unwrittenBytes) { sum, state in
            state.waiting.reduce(sum) { $0 + $1.claim.line.count }
        }
    }

    /// The oldest answers, as many as fit into one statement.
    var nextAnswers: [Answer] { answers.prefix(withinBytes: Poller.statementBytes) { $0.line.count } }

    /// The most bytes of answers in one statement. A single answer may be larger.
    static let statementBytes = 4 << 20
}

extension Array {
    /// The longest prefix whose elements have at most `limit` bytes together; at least one element if there is one.
    func prefix(withinBytes limit: Int, _ bytes: (Element) -> Int) -> [Element] {
        var sum = 0
        let end = firstIndex { element in
            sum += bytes(element)
            return sum > limit
        }
        return Array(self[..<Swift.min(count, Swift.max(end ?? count, 1))])
    }
}
