/// The account of one run: what was to be delivered, what the receiver saw, and what the tables say. A run whose ledger
/// does not balance is void.
package struct RunLedger: Sendable, Equatable, CustomStringConvertible {
    /// The number of deliveries that were owed and had to be delivered.
    package let expected: Int
    /// The number of requests that the receiver saw.
    package let requests: Int
    /// The number of different deliveries among them.
    package let different: Int
    /// The number of acknowledged rows: deliveries, or jobs of a peer.
    package let delivered: Int
    /// The number of rows that are still owed.
    package let owed: Int

    package init(expected: Int, requests: Int, different: Int, delivered: Int, owed: Int) {
        self.expected = expected
        self.requests = requests
        self.different = different
        self.delivered = delivered
        self.owed = owed
    }

    /// The sums that do not balance; empty for a valid run.
    package var mistakes: [String] {
        var mistakes: [String] = []
        if requests != expected { mistakes.append("the receiver saw \(requests) requests of \(expected)") }
        if different != requests { mistakes.append("only \(different) of them were different deliveries") }
        if delivered != expected { mistakes.append("\(delivered) of \(expected) rows were acknowledged as delivered") }
        if owed != 0 { mistakes.append("\(owed) rows are still owed") }
        return mistakes
    }

    package var description: String { mistakes.isEmpty ? "balances" : mistakes.joined(separator: "; ") }

    /// - Throws: `VoidRun` if something does not balance.
    package func check() throws(VoidRun) {
        if !mistakes.isEmpty { throw VoidRun(description: description) }
    }
}

/// A run whose ledger does not balance.
package struct VoidRun: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}
