/// One SQL statement, prepared under its name when a connection first runs it.
package struct Statement: Sendable {
    /// The name, unique in the program, under which a connection prepares the statement. Empty for a one-off that does
    /// not stay prepared.
    package let name: String
    /// The text that the server gets, with `$1`… for the parameters.
    package let sql: String
    /// The names of the parameters, in the order of their numbers; empty if the text numbers its parameters itself.
    package let parameterNames: [String]

    /// A statement whose text numbers its parameters itself.
    package init(name: String, sql: String) {
        self.name = name
        self.sql = sql
        parameterNames = []
    }

    /// A statement whose text names its parameters, such as `@offer_id`. Each name becomes one number, however often it
    /// occurs.
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

/// A statement and the values of its parameters.
package struct Call: Sendable {
    package let statement: Statement
    package let parameters: [Parameter]

    package init(_ statement: Statement, _ parameters: [Parameter] = []) {
        self.statement = statement
        self.parameters = parameters
    }

    /// Binds arguments by name. An unknown or missing name is an error in the program and traps.
    package init(_ statement: Statement, _ arguments: Arguments) {
        self.init(statement, arguments.parameters(of: statement))
    }

    package init(_ query: Query) {
        self.init(Statement(name: "", sql: query.sql), query.parameters)
    }
}
