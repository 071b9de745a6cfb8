import System

/// A call that waits for its answer.
final class PendingCall: Sendable {
    /// The function that is called.
    let function: String
    let input: [UInt8]
    let deadline: Instant
    private let answered: @Sendable (Result<AnswerLine, Refusal>) -> Void

    /// `answered` is called once, on the pool's thread; it must not block.
    init(
        _ function: String, _ input: [UInt8], deadline: Instant,
        answered: @escaping @Sendable (Result<AnswerLine, Refusal>) -> Void
    ) {
        self.function = function
        self.input = input
        self.deadline = deadline
        self.answered = answered
    }

    func answer(_ result: Result<AnswerLine, Refusal>) { answered(result) }
}
