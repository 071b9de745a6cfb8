package import FunctionRuntime
import Glibc
import Postgres
import Store
import Synchronization
package import System

/// Asks the database which records belong to the limits of a key: on one thread, with one connection, which it opens
/// with the first question.
package final class LimitChecks: Sendable {
    private typealias Question = @Sendable (Result<Database, FunctionError>) -> Void

    private let questions = Mutex<[Question]>([])
    private let waking: (read: Descriptor, write: Descriptor)
    private let settings: Settings

    /// The maximum number of questions that wait.
    private static let limit = 1024
    /// The time limit of an answer, and the one of the statement alone in milliseconds.
    private static let patience: Duration = .seconds(10)
    private static let statementTimeout = "5000"

    /// - Throws: an error if there is no descriptor or no thread left.
    package init(_ settings: Settings) throws(SystemError) {
        self.settings = settings
        let pipe = try Descriptor.pipe()
        try pipe.read.setNonBlocking()
        try pipe.write.setNonBlocking()
        waking = (read: pipe.read, write: pipe.write)
        guard detachThread({ [self] in run() }) else { throw SystemError(call: "pthread_create", code: EAGAIN) }
    }

    private func run() {
        let database = Result { () throws(FunctionError) in
            try Database(settings, applicationName: "postbacks gateway limits")
        }
        while true {
            let taken = questions.withLock { questions in
                defer { questions = [] }
                return questions
            }
            for question in taken { question(database) }
            if taken.isEmpty { _ = try? wait(for: [.read(waking.read)], atMost: .seconds(1)) }
            _ = try? waking.read.read(upTo: 4096)
        }
    }

    /// The answer to one statement.
    /// - Throws: the error of the database; 503 if there is no answer in time.
    func ask<Stored: StoredCall>(_ stored: Stored) async throws(Refusal) -> Stored.Answer
    where Stored.Answer: Sendable {
        let reply = Reply<Stored.Answer>()
        let isTaken = questions.withLock { questions in
            guard questions.count < LimitChecks.limit else { return false }
            questions.append { database in
                // A caller who has given up needs no answer.
                guard !reply.isGiven else { return }
                reply.give(LimitChecks.answer(stored, database))
            }
            return true
        }
        guard isTaken else { throw .unavailable("too many calls with limited keys are waiting; try again") }
        // A full pipe wakes the thread as well as one more byte.
        _ = try? waking.write.writeSome([1])
        let timer = Task {
            try? await Task.sleep(for: LimitChecks.patience)
            reply.give(.failure(.unavailable("the database does not answer; try again")))
        }
        defer { timer.cancel() }
        return try await reply.value.get()
    }

    private static func answer<Stored: StoredCall>(
        _ stored: Stored, _ database: Result<Database, FunctionError>
    ) -> Result<Stored.Answer, Refusal> {
        do throws(FunctionError) {
            var trip = RoundTrip()
            trip.add(ApplySettings([("statement_timeout", statementTimeout)], forTransaction: true))
            let ticket = trip.append(stored)
            return .success(try database.get().run(trip).answer(ticket))
        } catch {
            return .failure(Refusal(error))
        }
    }
}

/// A result that is given once; later ones are ignored.
private final class Reply<Answer: Sendable>: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Result<Answer, Refusal>, Never>)
        case given(Result<Answer, Refusal>)
    }

    private let state = Mutex(State.open)

    var isGiven: Bool { state.withLock { if case .given = $0 { true } else { false } } }

    func give(_ result: Result<Answer, Refusal>) {
        let waiting = state.withLock { state -> CheckedContinuation<Result<Answer, Refusal>, Never>? in
            if case .given = state { return nil }
            defer { state = .given(result) }
            if case .awaited(let continuation) = state { return continuation }
            return nil
        }
        waiting?.resume(returning: result)
    }

    var value: Result<Answer, Refusal> {
        get async {
            await withCheckedContinuation { continuation in
                let known = state.withLock { state -> Result<Answer, Refusal>? in
                    if case .given(let result) = state { return result }
                    state = .awaited(continuation)
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        }
    }
}
