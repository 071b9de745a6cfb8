import FunctionRuntime
import Postgres

/// Runs a batch in one transaction. If PostgreSQL rejects the batch, it runs each line in a transaction of its own, so
/// that only the bad line fails.
struct Batch {
    let database: Database

    /// The number of times that a batch is sent again after PostgreSQL rolled it back because of concurrent
    /// transactions.
    private static let repetitions = 3

    /// `run` executes the whole batch in one transaction and returns one answer for each input. If PostgreSQL rejects the
    /// batch, each line is executed by itself, so that only the bad line fails. A batch that was rolled back because of
    /// concurrent transactions is repeated.
    ///
    /// `first` is the result of a first run that has already been made; nil if there was none.
    func each<Input, Output>(
        _ inputs: [Input], after first: Result<[Result<Output, FunctionError>], PostgresError>? = nil,
        _ run: ([Input]) throws(PostgresError) -> [Result<Output, FunctionError>]
    ) -> [Result<Output, FunctionError>] {
        var first = first
        var repetition = 0
        while true {
            do throws(PostgresError) {
                defer { first = nil }
                if let first { return try first.get() }
                return try run(inputs)
            } catch {
                repetition += 1
                switch error.kind {
                case .busy where repetition <= Batch.repetitions: continue
                // The goal was deleted between the look-up and the foreign-key check; the retry reports it as unknown.
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
