import Input
import JSON

@testable import Domain
@testable import HTTP
@testable import Poller
@testable import deliverPostback

/// A receiver's bytes: head and body as they come over the wire, up to the line that the poller takes.
func checkResponse(_ bytes: [UInt8]) throws(Violation) {
    let limit = 4096
    var head = ResponseHead()
    var rest = bytes[...]
    var count = 0
    while !rest.isEmpty {
        let line = rest.prefix { $0 != 0x0a } + rest.dropFirst(rest.prefix { $0 != 0x0a }.count).prefix(1)
        rest = rest.dropFirst(line.count)
        count += line.count
        if let fault = head.add(Array(line), limits: HTTPLimits(headerBytes: limit)) {
            try require(!fault.isEmpty && !fault.hasControlCharacter, "a refusal is one line")
            try checkAttempt(.failure(HTTPFailure(kind: .protocol, message: fault)))
            return
        }
        try require(count <= limit, "no more headers are taken than the limit")
        if line.allSatisfy({ $0 == 0x0a || $0 == 0x0d }), head.status >= 200 { break }
    }
    try require(head.status == 0 || (100...599).contains(head.status), "a status is one of HTTP")
    for header in head.headers {
        for text in [header.name, header.value] {
            try require(
                !text.unicodeScalars.contains { $0 != "\t" && $0.properties.generalCategory == .control },
                "a header that is shown has no control character")
        }
    }
    guard head.status >= 200 else { return }
    try checkAttempt(
        .success(
            HTTPResponse(
                status: head.status, headers: head.headers, body: Array(rest.prefix(limit)),
                isTruncated: rest.count > limit)))
}

/// Whatever came, the attempt is a line that the poller takes and the database can keep.
private func checkAttempt(_ result: Result<HTTPResponse, HTTPFailure>) throws(Violation) {
    guard let input = input, let request = request else { throw Violation(description: "the input is none") }
    var attempt = Attempt(input: input, request: request)
    attempt.end(HTTPCompletion(id: 1, result: result), schedule: .standard)
    let line = (["id": "1/1/1", "output": attempt.json] as JSON).bytes
    try checkText(line)
    guard let output = (try? JSON(parsing: line))?["output"] else {
        throw Violation(description: "an attempt is not JSON")
    }
    guard case .attempt(let answer)? = DeliveryLine(line) else {
        throw Violation(description: "an attempt is an answer")
    }
    try require(answer.line == line, "an attempt goes on as it is")
    try require(
        output["reaction"].flatMap { Reaction($0) } == answer.reaction,
        "the poller reads the reaction as it is reported")
    try require(
        { if case .failure = result { true } else { answer.reaction.isAnswer } }(),
        "an answer is one of its destination")
    try require(!line.contains(0), "nothing of a NUL is left")
    if case .number(let text)? = output["retryInSeconds"] {
        let seconds = Double(text) ?? -1
        try require(seconds >= .zero && seconds <= 26_000, "a wait is bounded, not \(text)")
    }
    if case .success(let response) = result, let asked = response.header("Retry-After") {
        let seconds = RetryAfter.wait([asked], now: Timestamp(milliseconds: 1_700_000_000_000)) ?? .zero
        try require(seconds >= .zero && seconds <= RetryAfter.limit, "what a receiver asks for is bounded")
    }
}

private let input: DeliverPostback.Input? = {
    let json: JSON = [
        "deliveryId": 1, "attempt": 1,
        "postback": [
            "id": 1, "url": "https://example.com/?c={click_id}", "httpType": "GET",
            "basicAuth": ["login": "ada", "password": "pass\u{0301}word"],
            "requestHeaders": ["X-Api-Key": "abcd"],
        ],
        "event": ["status": "done"], "conversion": ["offer": ["id": "o1"], "affiliate": ["id": "a1"]],
    ]
    var fields = Fields(json.members)
    let input = DeliverPostback.Input(&fields)
    return fields.faults.isEmpty ? input : nil
}()

private let request: OutgoingRequest? = input.flatMap { input in
    try? RequestRendering(input.template, postbackID: 1).request(for: .hostile)
}
