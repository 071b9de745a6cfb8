import CPostgres

/// The rows that one statement returned. The values stay in libpq's memory until they are read.
package struct Rows: RandomAccessCollection {
    private let result: ResultHandle
    private let statementName: String
    package let columnNames: [String]
    package let count: Int

    init(_ result: ResultHandle, of statement: Statement) {
        self.result = result
        statementName = statement.name
        count = unsafe Int(PQntuples(result.pointer))
        columnNames = unsafe (0..<PQnfields(result.pointer)).map { column in
            guard let name = unsafe PQfname(result.pointer, column) else { return "" }
            return unsafe String(cString: name)
        }
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { count }
    package subscript(row: Int) -> Row {
        precondition(indices.contains(row), "no row \(row) of \(count)")
        return Row(result: result, columnNames: columnNames, number: CInt(row), statementName: statementName)
    }

    /// The row of a statement that always returns one.
    /// - Throws: `.unreadable` if there is none.
    package func single() throws(PostgresError) -> Row {
        guard count > 0 else { throw .unreadable("there is no row", statementName: statementName) }
        return self[0]
    }
}

/// One row. Columns are named as in the statement, or numbered from 0; NULL is nil. The statement's text determines the
/// columns, so asking for a missing one is an error in the program and traps.
package struct Row {
    fileprivate let result: ResultHandle
    fileprivate let columnNames: [String]
    fileprivate let number: CInt
    fileprivate let statementName: String

    /// The value of a column that is never NULL.
    /// - Throws: `.unreadable`, naming statement and column, for NULL and for text that is not a value of the type.
    package func required<Value: ColumnValue>(_ column: String) throws(PostgresError) -> Value {
        guard let value: Value = try optional(column) else { throw unreadable(column, "is NULL") }
        return value
    }

    /// The value of a column; nil for NULL.
    /// - Throws: `.unreadable`, naming statement and column, for text that is not a value of the type.
    package func optional<Value: ColumnValue>(_ column: String) throws(PostgresError) -> Value? {
        let index = index(column)
        guard let value = unsafe withValue(index, { unsafe Value(column: $0) }) else { return nil }
        guard let value else { throw unreadable(column, "is no \(Value.self)") }
        return value
    }

    /// The error for a column that cannot be read. `reason` is a predicate, such as `is NULL`.
    package func unreadable(_ column: String, _ reason: String) -> PostgresError {
        .unreadable("the column \(column) \(reason)", statementName: statementName)
    }

    package func text(_ column: Int) -> String? {
        unsafe withValue(column) { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// The value's text as bytes.
    package func bytes(_ column: Int) -> [UInt8]? {
        unsafe withValue(column) { unsafe [UInt8]($0) }
    }

    /// Appends the value's text; appends nothing for NULL.
    package func append(_ column: Int, to bytes: inout [UInt8]) {
        unsafe withValue(column) { unsafe bytes.append(contentsOf: $0) }
    }

    /// The integer; nil for NULL and for text that is not an integer.
    package func integer(_ column: Int) -> Int? {
        guard let integer = unsafe withValue(column, { unsafe parseInteger($0) }) else { return nil }
        return integer
    }

    package func bool(_ column: Int) -> Bool? {
        unsafe withValue(column) { unsafe $0.first == UInt8(ascii: "t") }
    }

    /// The bytes of a `bytea` in the server's default format (`bytea_output = hex`); nil for NULL and for other text.
    package func bytea(_ column: Int) -> [UInt8]? {
        guard let bytes = unsafe withValue(column, { unsafe parseHex($0) }) else { return nil }
        return bytes
    }

    package func text(_ column: String) -> String? { text(index(column)) }
    package func bytes(_ column: String) -> [UInt8]? { bytes(index(column)) }
    package func append(_ column: String, to bytes: inout [UInt8]) { append(index(column), to: &bytes) }
    package func integer(_ column: String) -> Int? { integer(index(column)) }
    package func bool(_ column: String) -> Bool? { bool(index(column)) }
    package func bytea(_ column: String) -> [UInt8]? { bytea(index(column)) }

    private func index(_ name: String) -> Int {
        guard let index = columnNames.firstIndex(of: name) else {
            preconditionFailure("no column \(name) among \(columnNames)")
        }
        return index
    }

    /// Lends the value in libpq's memory; returns nil for NULL.
    private func withValue<T>(_ column: Int, _ body: (UnsafeBufferPointer<UInt8>) -> T) -> T? {
        precondition(columnNames.indices.contains(column), "no column \(column) of \(columnNames.count)")
        let column = CInt(column)
        return withExtendedLifetime(result) {
            guard unsafe PQgetisnull(result.pointer, number, column) == 0 else { return nil }
            let length = unsafe Int(PQgetlength(result.pointer, number, column))
            guard let start = unsafe PQgetvalue(result.pointer, number, column) else { return nil }
            let bytes = unsafe UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self)
            return unsafe body(UnsafeBufferPointer(start: bytes, count: length))
        }
    }
}
