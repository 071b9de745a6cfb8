package import JSON
import System

/// The behaviour of a destination, as observed at the end of an attempt. deliverPostback reports it, and with it the
/// poller decides how many requests go to the destination, and when.
package enum Reaction: Sendable, Hashable {
    /// It answered with any status but 429 and 503, or its answer counts as delivered.
    case answered
    /// It answered 429 or 503; `pause` is its Retry-After, or zero.
    case overloaded(pause: Duration)
    /// No answer came: no address, no connection, no TLS, no answer in time, or no HTTP.
    case unanswered
    /// Nothing was sent, or the result is unknown.
    case inconclusive

    /// - Parameters:
    ///   - outcome: the consequence of the attempt for its delivery.
    ///   - status: the status of the answer; nil if none came.
    ///   - retryAfter: the wait that the answer asks for; nil if it does not ask.
    ///   - error: the code of the attempt's error; nil if there is none, or one of another version.
    package init(
        _ outcome: Judgement.Outcome, status: Int?, retryAfter: Duration? = nil, error: AttemptError.Code?
    ) {
        switch (status, error) {
        case _ where outcome == .delivered: self = .answered
        case (429?, _), (503?, _): self = .overloaded(pause: retryAfter ?? .zero)
        case (_?, _): self = .answered
        case (nil, .dns?), (nil, .connect?), (nil, .tls?), (nil, .timeout?), (nil, .protocol?): self = .unanswered
        case (nil, .forbiddenTarget?), (nil, .unsafeHeader?), (nil, .unsafeURL?), (nil, .tooLarge?),
            (nil, .missingValue?), (nil, .secret?), (nil, .httpStatus?), (nil, .responseMismatch?), (nil, nil):
            self = .inconclusive
        }
    }

    package var isAnswer: Bool {
        switch self {
        case .answered, .overloaded: true
        case .unanswered, .inconclusive: false
        }
    }

    /// The names in JSON.
    package enum Kind: String, CaseIterable, Sendable {
        case answered, overloaded, unanswered, inconclusive
    }

    package var kind: Kind {
        switch self {
        case .answered: .answered
        case .overloaded: .overloaded
        case .unanswered: .unanswered
        case .inconclusive: .inconclusive
        }
    }

    /// `{"kind":…}`, and `pauseSeconds` where a pause is asked for.
    package var json: JSON {
        guard case .overloaded(let pause) = self, pause > .zero else { return ["kind": .string(kind.rawValue)] }
        return [
            "kind": .string(kind.rawValue),
            "pauseSeconds": Int(exactly: pause.seconds).map { .integer($0) } ?? .number("\(pause.seconds)"),
        ]
    }

    /// Nil for a kind that this version does not know, and for every other value. A pause lies within the limits of
    /// `RetryAfter`, whatever is written.
    package init?(_ json: JSON) {
        switch json["kind"]?.text.flatMap(Kind.init) {
        case nil: return nil
        case .answered: self = .answered
        case .overloaded:
            guard case .number(let text)? = json["pauseSeconds"] else {
                self = .overloaded(pause: .zero)
                return
            }
            let seconds = min(max(Double(text) ?? 0, 0), RetryAfter.limit.seconds)
            self = .overloaded(pause: .seconds(seconds))
        case .unanswered: self = .unanswered
        case .inconclusive: self = .inconclusive
        }
    }
}
