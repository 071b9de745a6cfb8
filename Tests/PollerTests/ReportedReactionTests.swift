import Domain
import JSON
import Testing

@testable import Poller

/// The reaction of a destination, as the poller reads it in an answer of deliverPostback.
struct ReportedReactionTests {
    private func reaction(_ output: JSON) -> Reaction? {
        guard case .attempt(let answer)? = DeliveryLine((["id": "1/1/1", "output": output] as JSON).bytes) else {
            return nil
        }
        return answer.reaction
    }

    @Test func `what deliverPostback reports counts, whatever else the answer says`() {
        let response: JSON = ["status": 503, "headers": ["Retry-After": "30"]]
        func reported(_ reaction: JSON) -> Reaction? {
            self.reaction(["outcome": "retry", "reaction": reaction, "response": response])
        }
        #expect(reported(["kind": "answered"]) == .answered)
        #expect(reported(["kind": "unanswered"]) == .unanswered)
        #expect(reported(["kind": "inconclusive"]) == .inconclusive)
        #expect(reported(["kind": "overloaded"]) == .overloaded(pause: .zero))
        #expect(
            reported(["kind": "overloaded", "pauseSeconds": .number("12.5")]) == .overloaded(pause: .seconds(12.5)))
        #expect(reported(["kind": "overloaded", "pauseSeconds": 1_000_000]) == .overloaded(pause: RetryAfter.limit))
    }

    /// The second one is of a later version, whose kinds are not known here.
    @Test(arguments: [nil, ["kind": "startled", "pauseSeconds": 5], "answered"] as [JSON?])
    func `without a kind that it knows, the poller judges by outcome, status and error`(reported: JSON?) {
        func judged(_ outcome: String, status: JSON? = nil, error: JSON? = nil) -> Reaction? {
            var output: JSON = [
                "outcome": .string(outcome), "response": status.map { ["status": $0] } ?? .null,
                "error": error.map { ["code": $0] } ?? .null,
            ]
            if let reported { output = output.merging(["reaction": reported]) }
            return reaction(output)
        }
        #expect(judged("delivered", status: 200) == .answered)
        #expect(judged("delivered", status: 429) == .answered)
        #expect(judged("retry", status: 500, error: "http_status") == .answered)
        #expect(judged("failed", status: 404, error: "http_status") == .answered)
        #expect(judged("retry", status: 429, error: "http_status") == .overloaded(pause: .zero))
        #expect(judged("retry", status: 503, error: "http_status") == .overloaded(pause: .zero))
        for code: JSON in ["dns", "connect", "tls", "timeout", "protocol"] {
            #expect(judged("retry", error: code) == .unanswered)
        }
        #expect(judged("retry", status: 200, error: "timeout") == .answered)
        for code: JSON in ["forbidden_target", "secret", "of_another_version"] {
            #expect(judged("retry", error: code) == .inconclusive)
        }
        #expect(judged("skipped", error: "missing_value") == .inconclusive)
        #expect(judged("retry") == .inconclusive)
    }
}
