import Store

/// What a poller holds is bounded in bytes: lines that it has claimed, and answers that one statement stores.
extension Poller {
    /// Bytes of the lines that the delivery process has not been given.
    var heldLineBytes: Int {
        slots.destinations.values.reduce(process.unwrittenBytes) { sum, state in
            state.waiting.reduce(sum) { $0 + $1.claim.line.count }
        }
    }

    /// The oldest answers, as many as one statement takes.
    var nextAnswers: [Answer] { answers.prefix(withinBytes: Poller.statementBytes) { $0.line.count } }

    /// So many bytes of answers go into one statement, or one answer.
    static let statementBytes = 4 << 20
}

extension Array {
    /// The first elements that together have no more bytes; at least one if there is one.
    func prefix(withinBytes limit: Int, _ bytes: (Element) -> Int) -> [Element] {
        var sum = 0
        let end = firstIndex { element in
            sum += bytes(element)
            return sum > limit
        }
        return Array(self[..<Swift.min(count, Swift.max(end ?? count, 1))])
    }
}
