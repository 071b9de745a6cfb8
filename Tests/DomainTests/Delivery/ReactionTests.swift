import Domain
import JSON
import Testing

@Suite struct ReactionTests {
    private func reaction(
        _ judgement: Judgement, status: Int? = nil, retryAfter: Duration? = nil
    ) -> Reaction {
        Reaction(judgement.outcome, status: status, retryAfter: retryAfter, error: judgement.error?.code)
    }

    private func reaction(to status: Int, retryAfter: Duration? = nil, _ criteria: SuccessCriteria = .any2xx)
        -> Reaction
    {
        reaction(
            Judgement(status: status, body: [], successWhen: criteria), status: status, retryAfter: retryAfter)
    }

    @Test func `every answer but 429 and 503 is one of a destination that is well`() {
        for status in 100...999 {
            let isOverload = status == 429 || status == 503
            #expect(reaction(to: status) == (isOverload ? .overloaded(pause: .zero) : .answered), "\(status)")
        }
    }

    @Test func `a destination with too many requests may ask for a pause`() {
        #expect(reaction(to: 429, retryAfter: .seconds(120)) == .overloaded(pause: .seconds(120)))
        #expect(reaction(to: 503, retryAfter: .seconds(0)) == .overloaded(pause: .zero))
        #expect(reaction(to: 500, retryAfter: .seconds(120)) == .answered)
    }

    @Test func `an answer that counts as delivered is no overload`() {
        #expect(reaction(to: 429, retryAfter: .seconds(120), SuccessCriteria(statuses: [429...429])) == .answered)
        // The status is accepted, but not the body.
        let mismatch = SuccessCriteria(statuses: [429...429], bodyContains: "OK")
        #expect(reaction(to: 429, retryAfter: .seconds(120), mismatch) == .overloaded(pause: .seconds(120)))
    }

    @Test func `a body that ends badly came from a destination that answers`() {
        let judgement = Judgement(
            status: 200, body: [], bodyFailure: AttemptError(.timeout, "x"),
            successWhen: SuccessCriteria(bodyContains: "OK"))
        #expect(judgement.outcome == .retry)
        #expect(reaction(judgement, status: 200) == .answered)
    }

    @Test(arguments: AttemptError.Code.allCases)
    func `without an answer the destination is at fault only if it was tried`(code: AttemptError.Code) {
        let failures: Set<AttemptError.Code> = [.dns, .connect, .tls, .timeout, .protocol]
        let expected: Reaction = failures.contains(code) ? .unanswered : .inconclusive
        #expect(reaction(Judgement(AttemptError(code, "x"))) == expected)
        #expect(reaction(Judgement(AttemptError(code, "x"), hostIsDomainName: true)) == expected)
    }

    @Test func `an attempt of which nothing is known says nothing about the destination`() {
        for outcome in Judgement.Outcome.allCases where outcome != .delivered {
            #expect(Reaction(outcome, status: nil, error: nil) == .inconclusive)
        }
    }

    @Test(arguments: [
        (Reaction.answered, #"{"kind":"answered"}"#), (.overloaded(pause: .zero), #"{"kind":"overloaded"}"#),
        (.overloaded(pause: .seconds(120)), #"{"kind":"overloaded","pauseSeconds":120}"#),
        (.overloaded(pause: .seconds(0.25)), #"{"kind":"overloaded","pauseSeconds":0.25}"#),
        (.unanswered, #"{"kind":"unanswered"}"#), (.inconclusive, #"{"kind":"inconclusive"}"#),
    ])
    func `it is written as JSON and read again`(reaction: Reaction, text: String) {
        #expect(reaction.json.encodedText == text)
        #expect(Reaction(reaction.json) == reaction)
    }

    @Test func `a pause that is read is within the limits, and an unknown kind is none`() {
        for (pause, expected) in [("-1", 0.0), ("1e999", 21600), ("21601", 21600), ("7.5", 7.5)] {
            #expect(
                Reaction(["kind": "overloaded", "pauseSeconds": .number(pause)])
                    == .overloaded(pause: .seconds(expected)))
        }
        #expect(Reaction(["kind": "overloaded", "pauseSeconds": "7"]) == .overloaded(pause: .zero))
        for json: JSON in [["kind": "failed"], ["kind": 1], [:], "answered", .null] { #expect(Reaction(json) == nil) }
    }
}
