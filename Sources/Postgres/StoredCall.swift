/// One statement with its text, the values of its parameters, and the way to read its rows.
package protocol StoredCall: Sendable {
    associatedtype Answer = Void
    static var statement: Statement { get }
    /// `Self.statement`, unless the type has several statements with the same kind of answer, such as a list in two
    /// orders.
    var statement: Statement { get }
    var arguments: Arguments { get }
    /// - Throws: `.unreadable` for a row that does not have the expected form.
    func answer(_ rows: Rows) throws(PostgresError) -> Answer
}

extension StoredCall {
    package var statement: Statement { Self.statement }
    package var arguments: Arguments { [:] }
    package var call: Call { Call(statement, arguments) }
}

extension StoredCall where Answer == Void {
    package func answer(_ rows: Rows) throws(PostgresError) {}
}

/// Transactions of one or more calls that are sent together. Each call's answer is read with the ticket that `add` or
/// `append` returned for it.
package struct RoundTrip: Sendable {
    /// A call's place in the round trip.
    package struct Ticket<Stored: StoredCall>: Sendable {
        /// The call itself.
        package let stored: Stored
        fileprivate let group: Int
        fileprivate let index: Int
    }

    package private(set) var groups: [[Call]] = []

    package init() {}

    package var isEmpty: Bool { groups.isEmpty }

    /// Adds a call that is a transaction of its own.
    @discardableResult
    package mutating func add<Stored: StoredCall>(_ stored: Stored) -> Ticket<Stored> {
        groups.append([stored.call])
        return Ticket(stored: stored, group: groups.count - 1, index: 0)
    }

    /// Adds a call to the last transaction.
    @discardableResult
    package mutating func append<Stored: StoredCall>(_ stored: Stored) -> Ticket<Stored> {
        precondition(!groups.isEmpty, "there is no transaction yet")
        groups[groups.count - 1].append(stored.call)
        return Ticket(stored: stored, group: groups.count - 1, index: groups[groups.count - 1].count - 1)
    }

    /// The server's answers to a round trip.
    package struct Answers {
        private let results: [Result<[Rows], PostgresError>]

        /// - Parameter results: one result for each transaction.
        package init(_ results: [Result<[Rows], PostgresError>]) { self.results = results }

        /// - Throws: the error of the call's transaction, or `.unreadable`.
        package func callAsFunction<Stored: StoredCall>(
            _ ticket: Ticket<Stored>
        ) throws(PostgresError) -> Stored.Answer {
            try ticket.stored.answer(try results[ticket.group].get()[ticket.index])
        }
    }
}

extension Connection {
    /// Runs one call, which is a transaction of its own.
    package func run<Stored: StoredCall>(_ stored: Stored) throws(PostgresError) -> Stored.Answer {
        try stored.answer(try run(stored.call))
    }
}
