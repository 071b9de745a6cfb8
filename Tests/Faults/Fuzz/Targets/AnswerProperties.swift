import Domain
import JSON

@testable import Poller
@testable import Store

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
        answer.line.isEmpty || answer.withoutDetails != nil, "what the database refuses is kept without details")
    if let bare = answer.withoutDetails {
        try require(bare.id.isSame(as: answer.id), "a bare answer is of the same claim")
        try checkStorable(bare)
        try require(bare.withoutDetails == nil, "nothing is left out twice")
    }
}

/// PostgreSQL takes its parts as elements of arrays of texts and of JSON, and finds the outcome.
private func checkStorable(_ answer: Answer) throws(Violation) {
    let record = answer.record
    let outcomes = ["delivered", "retry", "failed", "skipped"]
    try require(outcomes.contains(record.outcome), "the outcome is one")
    let numbers = [record.retrySeconds, record.httpStatus, record.milliseconds]
    try require(numbers.allSatisfy { $0.map { Double($0) != nil } ?? true }, "a number is one")
    try require(record.httpStatus.map { (100...999).contains(Int($0) ?? 0) } ?? true, "a status has three digits")
    for part in [record.request, record.response, record.error, record.timing].compactMap(\.self) {
        try require(!part.contains { $0 < 0x20 && $0 != 0x09 && $0 != 0x0d }, "a part is in one line without NUL")
        // The outline of an object around it checks the part without a look at the names in it.
        let object = Array(#"{"part":"#.utf8) + part + Array("}".utf8)
        let members = try? JSON.outline(of: object, depth: JSON.depthLimit + 2)
        try require(members?.count == 1, "a part is one JSON value")
    }
    let texts = [record.lineID, record.errorCode, record.remoteAddress].compactMap(\.self)
    try require(texts.allSatisfy { !$0.utf8.contains(0) }, "a text has no NUL")
}
