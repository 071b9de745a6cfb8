import JSON
import Store

/// What the delivery process said of one claim, as a line that PostgreSQL can take: a line of garbage in a batch would
/// cost all the others.
struct Answer {
    /// `delivery/lease/version`, as claimed.
    let id: String
    /// `{"id":…,"output":{…}}`.
    let line: [UInt8]
    private let isBare: Bool

    /// Nil for a line that is no answer at all. Of a name that stands twice PostgreSQL would read the last one: a line whose id,
    /// output or outcome does so is none either.
    init?(_ line: [UInt8]) {
        guard let members = try? JSON.outline(of: line, depth: JSON.depthLimit + 2), Answer.areOnce(members),
            let id = Answer.value("id", in: members, of: line)?.text
        else { return nil }
        if let error = Answer.value("error", in: members, of: line) {
            // The function refused its input: a bug, or a postback of another version. The operator sees it on the attempt.
            let isRetryable = error["retryable"] == true
            self.init(
                id: id, outcome: isRetryable ? "retry" : "failed", retryInSeconds: isRetryable ? 60 : nil,
                code: "internal", message: error["message"]?.text ?? "the delivery function refused its input")
        } else if Answer.outcomes.contains(Answer.outcome(in: members, of: line) ?? "") {
            self.init(id: id, line: line)
        } else {
            return nil
        }
    }

    private static func outcome(in members: [(name: String, place: Range<Int>)], of line: [UInt8]) -> String? {
        guard let place = members.first(where: { $0.name == "output" })?.place else { return nil }
        let output = Array(line[place])
        guard let members = try? JSON.outline(of: output, depth: JSON.depthLimit + 1), areOnce(members) else {
            return nil
        }
        return value("outcome", in: members, of: output)?.text
    }

    private static func areOnce(_ members: [(name: String, place: Range<Int>)]) -> Bool {
        Set(members.map(\.name)).count == members.count
    }

    private static func value(
        _ name: String, in members: [(name: String, place: Range<Int>)], of bytes: [UInt8]
    ) -> JSON? {
        members.first { $0.name == name }.flatMap { try? JSON(parsing: Array(bytes[$0.place])) }
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
        guard !isBare, let members = try? JSON.outline(of: line, depth: JSON.depthLimit + 2),
            let outcome = Answer.outcome(in: members, of: line)
        else { return nil }
        return Answer(
            id: id, outcome: outcome, retryInSeconds: outcome == "retry" ? 60 : nil, code: "internal",
            message: "the answer of the delivery function could not be stored")
    }

    private init(id: String, line: [UInt8], isBare: Bool = false) {
        self.id = id
        self.line = line
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
