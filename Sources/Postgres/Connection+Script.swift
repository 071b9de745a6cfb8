import CPostgres
import System

extension Connection {
    /// Runs a text of several statements without parameters. They are one transaction, unless the text itself contains
    /// transaction commands. After a failure no transaction is left open.
    package func execute(script: String) throws(PostgresError) {
        precondition(!isBusy, "a script while something else is under way")
        guard isUsable, unsafe PQexitPipelineMode(handle.pointer) == 1 else {
            throw loss ?? .unreachable(handle.message)
        }
        defer { unsafe PQenterPipelineMode(handle.pointer) }
        let error = runSimple(script)
        if unsafe error != nil && PQtransactionStatus(handle.pointer) == PQTRANS_INERROR { _ = runSimple("ROLLBACK") }
        if let error { throw error }
    }

    /// Sends the script by the simple query protocol and waits for its end. Returns the first error, or nil.
    private func runSimple(_ script: String) -> PostgresError? {
        guard unsafe PQsendQuery(handle.pointer, script) == 1 else { return .unreachable(handle.message) }
        var first: PostgresError?
        do {
            while true {
                flush()
                while unsafe PQisBusy(handle.pointer) == 0 {
                    guard let pointer = unsafe PQgetResult(handle.pointer) else { return first }
                    let result = unsafe ResultHandle(owning: pointer)
                    first = first ?? failure(result, of: nil)
                }
                guard isUsable else {
                    loss = first ?? .unreachable(handle.message)
                    return loss
                }
                _ = try waitForPostgres(interests, atMost: nil)
                unsafe PQconsumeInput(handle.pointer)
            }
        } catch {
            isOutOfStep = true
            return first ?? error
        }
    }

    /// Sends as much as the socket takes. An error is noticed at the next read.
    func flush() {
        wantsWrite = unsafe PQflush(handle.pointer) == 1
    }

    /// The error in a result, or nil.
    func failure(_ result: ResultHandle, of statement: Statement?) -> PostgresError? {
        switch result.status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return nil
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            isOutOfStep = true
            return .unreachable("COPY is not supported")
        default:
            let name = statement.flatMap { $0.name.isEmpty ? nil : $0.name }
            return result.error(statementName: name)
        }
    }
}
