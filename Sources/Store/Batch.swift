import FunctionRuntime
import Postgres

/// Runs a batch as one, so that a bad line costs the others nothing.
struct Batch {
    let database: Database

    /// How often a batch is sent again that the database rolled back because of others.
    private static let repetitions = 3

    /// - Parameters:
    ///   - run: does the whole batch in one transaction, one answer for each input.
    /// - Returns: one answer for each input. A batch that PostgreSQL rejects is done line by line, so that the one line that
    ///   it cannot take is the only one that fails; one that it rolled back because of others is done again.
    func each<Input, Output>(
        _ inputs: [Input], _ run: ([Input]) throws(PostgresError) -> [Result<Output, FunctionError>]
    ) -> [Result<Output, FunctionError>] {
        var repetition = 0
        while true {
            do throws(PostgresError) {
                return try run(inputs)
            } catch {
                repetition += 1
                switch error.kind {
                case .busy where repetition <= Batch.repetitions: continue
                // A goal was removed after this statement had seen it: the next one does not.
                case .rejected(sqlState: PostgresError.foreignKeyViolation) where repetition <= Batch.repetitions:
                    continue
                case .rejected where inputs.count > 1 && !error.isForbidden: return inputs.flatMap { each([$0], run) }
                default:
                    let failure = database.functionError(error)
                    return inputs.map { _ in .failure(failure) }
                }
            }
        }
    }
}
