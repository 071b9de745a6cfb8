/// One SQL statement with `$1`… for its parameters, prepared under its name when a connection first runs it.
package struct Statement: Sendable {
    /// Unique in the program: a connection prepares one statement under it. Empty for a one-off that is not kept prepared.
    package let name: String
    package let sql: String

    package init(name: String, sql: String) {
        self.name = name
        self.sql = sql
    }

    /// A statement from the bytes of its `.sql` file.
    package init(name: String, bytes: [UInt8]) {
        self.init(name: name, sql: String(decoding: bytes, as: UTF8.self))
    }
}

/// A statement and what its parameters are bound to.
package struct Call: Sendable {
    package let statement: Statement
    package let parameters: [Parameter]

    package init(_ statement: Statement, _ parameters: [Parameter] = []) {
        self.statement = statement
        self.parameters = parameters
    }

    package init(_ query: Query) {
        self.init(Statement(name: "", sql: query.sql), query.parameters)
    }
}
