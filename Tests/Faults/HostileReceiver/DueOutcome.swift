/// What the product must make of an attempt, decided before it is tried: PRODUCT.md's R11, R12 and Safety.
package struct DueOutcome: Sendable, Hashable {
    package enum Outcome: String, Sendable { case delivered, retry, failed }

    package enum Code: String, Sendable {
        case dns, connect, tls, timeout, `protocol`
        case httpStatus = "http_status"
        case forbiddenTarget = "forbidden_target"
    }

    package let outcome: Outcome
    /// Any of these; none for a delivered one.
    package let codes: Set<Code>
    /// The status that the attempt records; nil where no answer is recorded.
    package let status: Int?
    /// Whether only the beginning of the body is recorded.
    package var isTruncated = false
    /// Seconds that a receiver asked for and must be given; nil where the schedule alone decides.
    package var wait: Double?
    /// Another result that is as right: where the network decides which of two things arrives first.
    package var alternative: Outcome?

    package static func delivered(_ status: Int = 200, isTruncated: Bool = false) -> DueOutcome {
        DueOutcome(outcome: .delivered, codes: [], status: status, isTruncated: isTruncated)
    }

    /// No answer that could be used: it is tried again.
    package static func retry(_ codes: Code...) -> DueOutcome {
        DueOutcome(outcome: .retry, codes: Set(codes), status: nil)
    }

    /// The answer asks for another try.
    package static func retry(status: Int, isTruncated: Bool = false, wait: Double? = nil) -> DueOutcome {
        DueOutcome(outcome: .retry, codes: [.httpStatus], status: status, isTruncated: isTruncated, wait: wait)
    }

    /// The answer is a refusal for good.
    package static func failed(status: Int) -> DueOutcome {
        DueOutcome(outcome: .failed, codes: [.httpStatus], status: status)
    }

    /// Nothing is sent.
    package static let forbidden = DueOutcome(outcome: .retry, codes: [.forbiddenTarget], status: nil)

    package func or(_ alternative: Outcome) -> DueOutcome {
        var both = self
        both.alternative = alternative
        return both
    }
}
