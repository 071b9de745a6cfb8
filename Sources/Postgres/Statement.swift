/// One SQL statement, prepared under its name when a connection first runs it.
package struct Statement: Sendable {
    /// Unique in the program: a connection prepares one statement under it. Empty for a one-off that is not kept prepared.
    package let name: String
    /// The text as the server gets it, with `$1`… for the parameters.
    package let sql: String
    /// The names of the parameters, in the order of their numbers; empty for a statement that numbers its parameters itself.
    package let parameterNames: [String]

    /// A statement whose text numbers its parameters itself.
    package init(name: String, sql: String) {
        self.name = name
        self.sql = sql
        parameterNames = []
    }

    /// A statement whose text names its parameters: `@offer_id`. Every name becomes one number, however often it occurs.
    package init(name: String, text: String) {
        let named = NamedParameters(text)
        self.name = name
        sql = named.sql
        parameterNames = named.names
    }

    /// A statement from the bytes of its `.sql` file, which names its parameters.
    package init(name: String, bytes: [UInt8]) {
        self.init(name: name, text: String(decoding: bytes, as: UTF8.self))
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

    /// Binds arguments by their names. A name that the statement does not have, or one that is missing, is a mistake in the program.
    package init(_ statement: Statement, _ arguments: Arguments) {
        self.init(statement, arguments.parameters(of: statement))
    }

    package init(_ query: Query) {
        self.init(Statement(name: "", sql: query.sql), query.parameters)
    }
}
