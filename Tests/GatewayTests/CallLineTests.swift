import Adapters
import FunctionRuntime
import Gateway
import Input
import JSON
import Testing

/// Tests the bytes around a call: the bytes of a caller must never become more than the value of `input`.
struct CallLineTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func `the input's bytes stay as the caller wrote them, on one line`() throws {
        let input = bytes("{\n \"payout\" : 12.30,\r\n \"big\": 9007199254740993, \"t\": \"\\u00e9\\n\"}")
        try CallLine.check(input, limit: 1 << 20)
        let line = CallLine.make(id: 7, input: input)
        #expect(
            text(line)
                == "{\"id\":7,\"input\":{  \"payout\" : 12.30,   \"big\": 9007199254740993, \"t\": \"\\u00e9\\n\"}}")
        let parsed = try JSON(parsing: line)
        #expect(parsed["input"] == (try JSON(parsing: input)))
    }

    @Test(arguments: [
        #"{}},"id":7,"x":{"#, #"{}},{"id":7,"input":{"#, "{}}\n{\"id\":8,\"input\":{}}", "{}{}", "{", "}", "", "[]",
        "null", "1", "\"text\"", #"{"a":1,"a":2}"#, #"{"a":{"b":1,"b":1}}"#, "{\"a\":\"\\u0000\"}", "{'a':1}", "{}\0",
        "{\"a\":\"\n\"}", "\u{feff}{}",
    ])
    func `nothing but one JSON object is taken, so that no body can end its envelope`(body: String) {
        #expect(throws: FunctionError.self) { try CallLine.check(bytes(body), limit: 1 << 20) }
    }

    @Test func `bytes that are no UTF-8, deep nesting and large bodies are refused`() {
        for body in [
            [0x7B, 0xFF, 0x7D], bytes(String(repeating: "[", count: 100)),
            bytes("{\"a\":\"\(String(repeating: "x", count: 2000))\"}"),
        ] {
            #expect(throws: FunctionError.self) { try CallLine.check(body, limit: 1024) }
        }
    }

    @Test func `the Idempotency-Key becomes a member, escaped`() throws {
        func added(_ object: String, _ key: String) throws -> String {
            text(try CallLine.adding("idempotencyKey", key, to: bytes(object), from: "Idempotency-Key"))
        }
        #expect(try added("{}", "k") == #"{"idempotencyKey":"k"}"#)
        #expect(try added(#" {"a":1}"#, "k") == #" {"idempotencyKey":"k","a":1}"#)
        #expect(try added("{}", "\",\"url\":\"x") == #"{"idempotencyKey":"\",\"url\":\"x"}"#)
        #expect(try added(#"{"idempotencyKey":"k"}"#, "k") == #"{"idempotencyKey":"k"}"#)
        let error = #expect(throws: FunctionError.self) { try added(#"{"idempotencyKey":"other"}"#, "k") }
        #expect(error?.details.first?.field == "idempotencyKey")
    }

    @Test func `the id of an answer is read only where it stands at its front`() {
        func id(_ line: String) -> UInt64? { AnswerLine.id(of: bytes(line)[...]) }
        #expect(id(#"{"id":12,"output":{}}"#) == 12)
        #expect(id(#"{"id":"12","output":{}}"#) == nil)
        #expect(id(#"{"output":{},"id":12}"#) == nil)
        #expect(id(#"{"id":,"output":{}}"#) == nil)
        #expect(id(#"{"id":007,"output":{}}"#) == nil)
        #expect(id(#"{"id":0,"output":{}}"#) == 0)
        #expect(id(#"{"id":99999999999999999999,"output":{}}"#) == nil)
        #expect(id("garbage") == nil)
        #expect(id("") == nil)
    }

    @Test func `the answer's bytes are cut out as the function wrote them`() {
        func content(_ line: String) -> AnswerLine.Content? { AnswerLine(bytes(line)).content }
        #expect(content(#"{"id":1,"output":{"a": 12.30}}"#) == .output(bytes(#"{"a": 12.30}"#)[...]))
        let conflict = #"{"id":1,"error":{"code":"conflict","message":"no","retryable":false,"details":[]}}"#
        #expect(content(conflict) == .error(Refusal(409, "conflict", "no")))
        for line in [
            #"{"id":1}"#, #"{"id":1,"output":{}"#, #"{"id":1,"output":[]}"#, #"{"id":1,"output":{},"more":1}"#,
            #"{"id":1,"answer":{}}"#, #"{"id":1,"output":{"a":}}"#,
        ] {
            #expect(content(line) == nil, "\(line)")
        }
    }

    @Test func `an error of an unknown kind is internal, and one that may pass says when to try again`() {
        let unknown = Refusal(ofFunction: ["code": "odd", "message": "m"])
        #expect(unknown.status == 500 && !unknown.isRetryable)
        let passing = Refusal(ofFunction: ["code": "unavailable", "message": "m"])
        #expect(passing.status == 503 && passing.isRetryable)
        #expect(passing.headers == [HTTPAnswer.Field("Retry-After", "1")])
    }
}
