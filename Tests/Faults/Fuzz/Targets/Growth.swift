import Input
import JSON
import Secrets

@testable import Domain
@testable import FunctionRuntime
@testable import HTTP
@testable import Poller
@testable import deliverPostback

/// Work on strangers' bytes that was once quadratic or could be: twice the bytes cost about twice as much.
enum Growth: String, CaseIterable {
    case unknownFields, longNames, escapes, lists, mapEntries, macros, braces, nestedParams, manyHeaders
    case repeatedSecrets, joinedHeaders, foldedHeaders, searchedBody, answerMembers, retryAfterDigits

    /// Does the work on about so many bytes.
    func run(bytes size: Int) throws(Violation) {
        switch self {
        case .unknownFields: try readInput(Growth.object(size) { "\"field\($0)\":0" })
        case .longNames:
            let inner = Growth.object(size / 2) { "\"{\($0)\":0" }
            try read(.requestParams(from: .store), "{\"\(Growth.text("n", size / 2))\":\(inner)}")
        case .escapes: try parse("[\"\(Growth.text("\\u00e4\\n", size))\"]")
        case .lists: try parse("[\(Growth.text("[],", size))0]")
        case .mapEntries: try render("{click_id:\(Growth.list(size) { "\($0)=v" })}")
        case .macros: try render(Growth.text("{ip}", size))
        case .braces: try render(Growth.text("{{a}}", size))
        case .nestedParams:
            let params = "{\"a\":[\(Growth.text("[1],", size))1]}"
            try read(
                .object { fields in RequestTemplate(&fields, from: .store) },
                "{\"url\":\"https://h.example/\",\"httpType\":\"POST(FORM)\",\"requestParams\":\(params)}")
        case .manyHeaders: try read(.requestHeaders(from: .store), Growth.object(size) { "\"x-\($0)\":\"v\"" })
        case .repeatedSecrets: try mask(size)
        case .joinedHeaders:
            let headers = Array(repeating: (name: "X-Same", value: "value"), count: size / 12)
            try answer(HTTPResponse(status: 200, headers: headers))
        case .foldedHeaders: try fold(size)
        case .searchedBody:
            let criteria = SuccessCriteria(bodyContains: Growth.text("a", size / 2) + "b")
            let body = [UInt8](repeating: UInt8(ascii: "a"), count: size)
            try require(
                Judgement(status: 200, body: body, successWhen: criteria).outcome == .failed, "the body lacks it")
        case .answerMembers:
            let members = Growth.list(size) { "\"member\($0)\":0" }
            let line = "{\"id\":\"1/1/1\",\"output\":{\"outcome\":\"delivered\",\(members)}}"
            guard case .attempt? = DeliveryLine(Array(line.utf8)) else {
                throw Violation(description: "it is an answer")
            }
        case .retryAfterDigits:
            let seconds = RetryAfter.wait([Growth.text("9", size)], now: Timestamp(milliseconds: 0))
            try require(seconds == RetryAfter.limit, "the wait is bounded")
        }
    }

    private func parse(_ text: String) throws(Violation) {
        guard let json = try? JSON(parsing: Array(text.utf8)) else { throw Violation(description: "it is JSON") }
        try require(json.bytes.count > 2, "it is written again")
    }

    private func readInput(_ text: String) throws(Violation) {
        do throws(FunctionError) {
            let members = try Gate.object(Array(text.utf8), limit: .max)
            _ = try Gate.input(members, as: NewPostbackInput.self)
            throw .internal
        } catch {
            try require(error.details.count == Fault.limit, "an error lists some of what is wrong")
            try require(error.json.bytes.count < 1 << 16, "an error is short")
        }
    }

    private func read<Value>(_ rule: Rule<Value>, _ text: String) throws(Violation) {
        guard let json = try? JSON(parsing: Array(text.utf8)) else { throw Violation(description: "it is JSON") }
        var faults: [Fault] = []
        try require(rule.read(json, Path.root.member("value"), &faults) == nil, "it is refused")
        try require(FunctionError.invalidRequest(faults).json.bytes.count < 1 << 18, "an error is short")
    }

    private func render(_ text: String) throws(Violation) {
        guard let template = try? Template(parsing: text, in: .url) else {
            throw Violation(description: "it is a template")
        }
        _ = try? template.rendered(.hostile)
        _ = try? template.rendered(.empty)
    }

    /// Secrets that begin alike, and an answer that begins like all of them at every place.
    private func mask(_ size: Int) throws(Violation) {
        let headers = (0..<60).map { number in
            OutgoingRequest.Header(
                name: "X-Key-\(number)", value: Growth.text("a", size / 60 + number) + "b", isSecret: true)
        }
        let request = OutgoingRequest(method: "GET", url: "http://h/", headers: headers, body: nil)
        let answer = [UInt8](repeating: UInt8(ascii: "a"), count: size)
        let masked = SecretMask(of: request, textLimit: size)(answer, isCut: true)
        try require(masked.count < size && masked.suffix(3) == Array(Secret.mask.utf8)[...], "the end is hidden")
    }

    private func answer(_ response: HTTPResponse) throws(Violation) {
        let text = """
            {"deliveryId":1,"attempt":1,"postback":{"url":"https://h.example/","httpType":"GET"},
            "event":{"status":"done"},"conversion":{"offer":{"id":"o1"},"affiliate":{"id":"a1"}}}
            """
        guard let json = try? JSON(parsing: Array(text.utf8)) else { throw Violation(description: "it is JSON") }
        var fields = Fields(json.members)
        let input = DeliverPostback.Input(&fields)
        let request = OutgoingRequest(
            method: "GET", url: "https://h.example/",
            headers: [OutgoingRequest.Header(name: "X-Key", value: "secret", isSecret: true)], body: nil)
        var attempt = Attempt(input: input, request: request)
        attempt.end(HTTPCompletion(id: 1, result: .success(response)), schedule: .standard)
        try require((try? JSON(parsing: attempt.json.bytes))?["outcome"] == "delivered", "it is delivered")
    }

    private func fold(_ size: Int) throws(Violation) {
        var head = ResponseHead()
        let limits = HTTPLimits(headerBytes: .max, headerCount: .max)
        _ = head.add(Array("HTTP/1.1 200 OK\r\n".utf8), limits: limits)
        _ = head.add(Array("X-Long: a\r\n".utf8), limits: limits)
        for _ in 0..<size / 6 { _ = head.add(Array(" abc\r\n".utf8), limits: limits) }
        try require(head.headers.count == 1, "it is one header")
    }

    private static func text(_ piece: String, _ size: Int) -> String {
        String(repeating: piece, count: size / piece.utf8.count)
    }

    private static func list(_ size: Int, _ item: (Int) -> String) -> String {
        var text = ""
        var number = 0
        while text.utf8.count < size {
            if !text.isEmpty { text += "," }
            text += item(number)
            number += 1
        }
        return text
    }

    private static func object(_ size: Int, _ member: (Int) -> String) -> String { "{\(list(size, member))}" }
}

private struct NewPostbackInput: FunctionInput {
    init(_ fields: inout Fields) { _ = NewPostback(&fields) }
}
