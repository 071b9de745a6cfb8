import CPostgres

/// Owns a `PGresult`.
@safe final class ResultHandle {
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) {
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe PQclear(pointer)
    }

    var status: ExecStatusType { unsafe PQresultStatus(pointer) }

    /// The server's error, or libpq's own if the server did not answer.
    func error(statementName: String?) -> PostgresError {
        guard let sqlState = field(.sqlState) else {
            let text = unsafe PQresultErrorMessage(pointer).map { unsafe String(cString: $0) }
            return .unreachable(text?.inOneLine ?? "the connection to the database was lost")
        }
        return PostgresError(
            sqlState: sqlState, message: field(.message) ?? "", detail: field(.detail), constraint: field(.constraint),
            statementName: statementName, isFatal: ["FATAL", "PANIC"].contains(field(.severity)))
    }

    /// The `PG_DIAG_…` codes, which are C macros that Swift does not import.
    enum Field: Unicode.Scalar {
        case sqlState = "C"
        case severity = "V"
        case message = "M"
        case detail = "D"
        case constraint = "n"
        case sourceFunction = "R"
    }

    private func field(_ field: Field) -> String? { unsafe ResultHandle.text(field, of: pointer) }

    /// A field of an error or notice; nil if it has none.
    static func text(_ field: Field, of result: OpaquePointer) -> String? {
        guard let text = unsafe PQresultErrorField(result, CInt(field.rawValue.value)) else { return nil }
        return unsafe String(cString: text)
    }
}

extension String {
    /// The text in one line: libpq breaks its messages into indented lines and ends them with a line break.
    var inOneLine: String {
        split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
