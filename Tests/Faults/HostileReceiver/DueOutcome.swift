/// The outcome that the product must record for an attempt, defined before the attempt is made (R11 and R12).
package struct DueOutcome: Sendable, Hashable {
    package enum Outcome: String, Sendable { case delivered, retry, failed }

    package enum Code: String, Sendable {
        case dns, connect, tls, timeout, `protocol`
        case httpStatus = "http_status"
        case forbiddenTarget = "forbidden_target"
    }

    package let outcome: Outcome
    /// The attempt has one of these codes; empty for a delivered one.
    package let codes: Set<Code>
    /// The status that the attempt records; nil if no answer is recorded.
    package let status: Int?
    /// Whether only the beginning of the body is recorded.
    package var isTruncated = false
    /// The wait in seconds that the receiver asked for and must get; nil if only the schedule decides.
    package var wait: Double?
    /// Another outcome that is also right, if the network decides which of two things arrives first.
    package var alternative: Outcome?

    package static func delivered(_ status: Int = 200, isTruncated: Bool = false) -> DueOutcome {
        DueOutcome(outcome: .delivered, codes: [], status: status, isTruncated: isTruncated)
    }

    /// No usable answer; the delivery is tried again.
    package static func retry(_ codes: Code...) -> DueOutcome {
        DueOutcome(outcome: .retry, codes: Set(codes), status: nil)
    }

    /// The answer makes the sender try again.
    package static func retry(status: Int, isTruncated: Bool = false, wait: Double? = nil) -> DueOutcome {
        DueOutcome(outcome: .retry, codes: [.httpStatus], status: status, isTruncated: isTruncated, wait: wait)
    }

    /// The answer is a final refusal.
    package static func failed(status: Int) -> DueOutcome {
        DueOutcome(outcome: .failed, codes: [.httpStatus], status: status)
    }

    /// The egress rules forbid the address, so nothing is sent.
    package static let forbidden = DueOutcome(outcome: .retry, codes: [.forbiddenTarget], status: nil)

    package func or(_ alternative: Outcome) -> DueOutcome {
        var both = self
        both.alternative = alternative
        return both
    }
}
