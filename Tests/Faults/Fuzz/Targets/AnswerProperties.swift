import Domain
import JSON

@testable import Poller

func checkAnswer(_ bytes: [UInt8]) throws(Violation) {
    // The poller cuts at line ends.
    let line = Array(bytes.prefix { $0 != 0x0a })
    guard let read = DeliveryLine(line) else { return }
    let answer: Answer
    switch read {
    case .attempt(let attempt): answer = attempt
    case .refusal(let id, let message): answer = DeliveryLine.refused(id, message)
    // Nothing of it is stored.
    case .complaint: return
    }
    try checkStorable(answer)
    if case .overloaded(let pause) = answer.reaction {
        try require(pause >= .zero && pause <= RetryAfter.limit, "the pause of a destination is bounded")
    }
    try require(
        answer.line != line || answer.withoutDetails != nil, "what the database refuses is kept without details")
    if let bare = answer.withoutDetails {
        try require(bare.id.isSame(as: answer.id), "a bare answer is of the same claim")
        try checkStorable(bare)
        try require(bare.withoutDetails == nil, "nothing is left out twice")
    }
}

/// PostgreSQL takes it as a member of an array of type json, and finds the outcome.
private func checkStorable(_ answer: Answer) throws(Violation) {
    try require(!answer.line.contains { $0 < 0x20 && $0 != 0x09 && $0 != 0x0d }, "an answer is one line without NUL")
    try require(String(validating: answer.line, as: UTF8.self) != nil, "an answer is UTF-8")
    guard let members = try? JSON.outline(of: answer.line, depth: JSON.depthLimit + 2) else {
        throw Violation(description: "an answer is JSON")
    }
    // Of a name that stands twice PostgreSQL reads the last one.
    try require(members.filter { $0.name == "id" }.count == 1, "it has one id")
    try require(members.filter { $0.name == "output" }.count == 1, "it has one output")
    let id = members.last { $0.name == "id" }.map { Array(answer.line[$0.place]) } ?? []
    try require((try? JSON(parsing: id)) == .string(answer.id), "the id is the line's")
    let output = members.last { $0.name == "output" }.map { Array(answer.line[$0.place]) } ?? []
    let results = (try? JSON.outline(of: output, depth: JSON.depthLimit + 1))?.filter { $0.name == "outcome" } ?? []
    try require(results.count == 1, "it has one outcome")
    let outcome = results.first.flatMap { try? JSON(parsing: Array(output[$0.place])) }
    let outcomes: [JSON] = ["delivered", "retry", "failed", "skipped"]
    try require(outcome.map(outcomes.contains) == true, "the outcome is one")
}
