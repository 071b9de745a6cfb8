import JSON
import POSIX
import Postbacks
import Store

/// What the delivery process said of one claim, as a line that PostgreSQL can take: a line of garbage in a batch would
/// cost all the others.
struct Answer {
    /// `delivery/lease/version`, as claimed.
    let id: String
    /// `{"id":…,"output":{…}}`.
    let line: [UInt8]
    let reaction: Reaction
    private let isBare: Bool

    /// Nil for a line that is no answer at all. Of a name that stands twice PostgreSQL would read the last one: a line
    /// in which it stands twice who answers what, or with which outcome, is none either.
    init?(_ line: [UInt8]) {
        guard let answer = Outline(line, depth: JSON.depthLimit + 2), let id = answer["id"]?.text else { return nil }
        if let error = answer["error"] {
            // The function refused its input: a bug, or a postback of another version. The operator sees it on the attempt.
            let isRetryable = error["retryable"] == true
            self.init(
                id: id, outcome: isRetryable ? "retry" : "failed", retryInSeconds: isRetryable ? 60 : nil,
                code: "internal", message: error["message"]?.text ?? "the delivery function refused its input")
        } else if let output = answer.outline("output"), let outcome = output["outcome"]?.text,
            Answer.outcomes.contains(outcome)
        {
            // Nothing but the outcome is read of what was delivered.
            self.init(id: id, line: line, reaction: outcome == "delivered" ? .answered : Reaction(output))
        } else {
            return nil
        }
    }

    /// The answer for a claim whose process ended before it gave one. Soon again, but not all at once: one of those that were
    /// lost together may be what ended the process, and the others shall get past it.
    static func lost(_ claim: Outbox.Claim, attemptLimit: Int) -> Answer {
        Answer(
            id: claim.id, outcome: "unknown",
            retryInSeconds: claim.attempt < attemptLimit ? Int.random(in: 1...5) : nil, code: "lost",
            message: "the delivery process ended before it answered; it may have been sent")
    }

    /// The same outcome and nothing else, for an answer of which the database cannot take the rest; nil when it is bare already.
    var withoutDetails: Answer? {
        guard !isBare, let answer = Outline(line, depth: JSON.depthLimit + 2),
            let outcome = answer.outline("output")?["outcome"]?.text
        else { return nil }
        return Answer(
            id: id, outcome: outcome, retryInSeconds: outcome == "retry" ? 60 : nil, code: "internal",
            message: "the answer of the delivery function could not be stored")
    }

    private init(id: String, line: [UInt8], reaction: Reaction = .untried, isBare: Bool = false) {
        self.id = id
        self.line = line
        self.reaction = reaction
        self.isBare = isBare
    }

    private init(id: String, outcome: String, retryInSeconds: Int?, code: String, message: String) {
        var output: [JSON.Member] = [
            JSON.Member("outcome", .string(outcome)),
            JSON.Member("error", ["code": .string(code), "message": .string(message)]),
        ]
        if let retryInSeconds { output.append(JSON.Member("retryInSeconds", .integer(retryInSeconds))) }
        let line: JSON = ["id": .string(id), "output": .object(output)]
        self.init(id: id, line: line.bytes, isBare: true)
    }

    private static let outcomes = ["delivered", "retry", "failed", "skipped"]
}

extension Reaction {
    /// - Parameter output: of deliverPostback.
    fileprivate init(_ output: Outline) {
        if let response = output["response"], case .number(let status)? = response["status"] {
            guard status == "429" || status == "503" else {
                self = .answered
                return
            }
            let asked = (response["headers"] ?? .null).members.filter { $0.name.lowercased() == "retry-after" }
                .compactMap(\.value.text)
            let now = Timestamp(milliseconds: Clock.unixMilliseconds)
            self = .overloaded(pause: RetryAfter.seconds(asked, now: now) ?? 0)
        } else {
            switch output["error"]?["code"]?.text {
            case "dns", "connect", "tls", "timeout", "protocol": self = .failed
            default: self = .untried
            }
        }
    }
}

/// An object whose names stand once, and of which only those members are parsed that are asked for.
private struct Outline {
    private let bytes: [UInt8]
    private let depth: Int
    private let members: [(name: String, place: Range<Int>)]

    init?(_ bytes: [UInt8], depth: Int) {
        guard let members = try? JSON.outline(of: bytes, depth: depth),
            Set(members.map(\.name)).count == members.count
        else { return nil }
        self.bytes = bytes
        self.depth = depth
        self.members = members
    }

    subscript(name: String) -> JSON? { place(name).flatMap { try? JSON(parsing: Array(bytes[$0])) } }

    func outline(_ name: String) -> Outline? { place(name).flatMap { Outline(Array(bytes[$0]), depth: depth - 1) } }

    private func place(_ name: String) -> Range<Int>? { members.first { $0.name == name }?.place }
}
