import Adapters
import JSON
import Testing

struct CloudEventsTests {
    private let attributes = [
        ("ce-specversion", "1.0"), ("ce-id", "e1"), ("ce-source", "/shop"), ("ce-type", "sale"),
        ("Content-Type", "application/json; charset=utf-8"),
    ]

    private func binary(_ body: String, _ changed: [String: String?] = [:]) -> HTTPCall {
        let headers = attributes.compactMap { name, value -> (name: String, value: String)? in
            guard let change = changed[name] else { return (name, value) }
            return change.map { (name, $0) }
        }
        return HTTPCall(method: "POST", headers: headers, body: [UInt8](body))
    }

    private func structured(_ body: String, type: String = "application/cloudevents+json") -> HTTPCall {
        HTTPCall(method: "POST", headers: [("content-type", type)], body: [UInt8](body))
    }

    private func input(_ call: HTTPCall, _ function: String = "listOffers") throws -> String {
        try CloudEvents.input(of: call, for: function).text
    }

    @Test func `an event is recognised by its headers or its media type`() {
        #expect(CloudEvents.isEvent(binary("{}")))
        #expect(CloudEvents.isEvent(structured("{}", type: "Application/CloudEvents+JSON; charset=utf-8")))
        #expect(CloudEvents.isEvent(structured("[]", type: "application/cloudevents-batch+json")))
        #expect(!CloudEvents.isEvent(structured("{}", type: "application/json")))
    }

    @Test func `the data is the input, with every digit as it was sent`() throws {
        #expect(try input(binary(#"{"payout": 12.30}"#)) == #"{"payout": 12.30}"#)
        let event = #"{"specversion":"1.0","id":"e1","source":"/shop","type":"sale","data":{"payout": 12.30},"x":1}"#
        #expect(try input(structured(event)) == #"{"payout": 12.30}"#)
        let encoded = #"{"specversion":"1.0","id":"e1","source":"/shop","type":"sale","data_base64":"eyJhIjoxfQ=="}"#
        #expect(try input(structured(encoded)) == #"{"a":1}"#)
    }

    @Test(arguments: [
        (#"{"affiliateId":"a","clickId":"c"}"#, #"{"affiliateId":"a","clickId":"c"}"#),
        (#"{"transactionId":"t","payout":1.50}"#, #"{"transactionId":"t","payout":1.50}"#),
        (#"{"payout":1.50}"#, #"{"transactionId":"/shop e1","payout":1.50}"#), ("{}", #"{"transactionId":"/shop e1"}"#),
        (
            #"{"transactionId":null,"clickId":"","payout":1.50}"#,
            #"{"transactionId":"/shop e1","clickId":"","payout":1.50}"#
        ),
        ("[1]", "[1]"), ("nonsense", "nonsense"),
    ])
    func `a conversion without ids gets its event's, which are the same when the event is repeated`(
        data: String, expected: String
    ) throws {
        #expect(try input(binary(data), "recordConversion") == expected)
    }

    @Test func `a postback without a key gets its event's, and other functions need none`() throws {
        #expect(try input(binary("{}"), "createPostback") == #"{"idempotencyKey":"/shop e1"}"#)
        #expect(try input(binary(#"{"idempotencyKey":"k"}"#), "createPostback") == #"{"idempotencyKey":"k"}"#)
        #expect(try input(binary("{}"), "updateConversionStatus") == "{}")
    }

    @Test func `source and id that are too long for a key are refused, not cut`() {
        let long = String(repeating: "s", count: 200)
        #expect(throws: UnusableCall.self) { try input(binary("{}", ["ce-source": long]), "createPostback") }
    }

    @Test func `names in headers are percent-decoded`() throws {
        let call = binary("{}", ["ce-source": "/caf%C3%A9", "ce-id": "%221%22"])
        let key = try JSON(parsing: CloudEvents.input(of: call, for: "createPostback"))["idempotencyKey"]
        #expect(key == "/café \"1\"")
    }

    @Test(arguments: ["ce-specversion", "ce-id", "ce-source", "ce-type"])
    func `an event without a required attribute is refused`(name: String) {
        #expect(throws: UnusableCall.self) { try input(binary("{}", [name: nil])) }
        #expect(throws: UnusableCall.self) { try input(binary("{}", [name: ""])) }
    }

    @Test(arguments: [
        "", "nonsense", "[]", #"{"specversion":"1.0","id":"e","source":"s"}"#,
        #"{"specversion":"0.3","id":"e","source":"s","type":"t"}"#,
        #"{"specversion":"1.0","id":5,"source":"s","type":"t"}"#,
        #"{"specversion":"1.0","id":"e","id":"f","source":"s","type":"t"}"#,
        #"{"specversion":"1.0","id":"e","source":"s","type":"t","data":{},"data":{}}"#,
        #"{"specversion":"1.0","id":"e","source":"s","type":"t","data":{},"data_base64":"e30="}"#,
        #"{"specversion":"1.0","id":"e","source":"s","type":"t","data_base64":"e30"}"#,
    ])
    func `a malformed structured event is refused`(body: String) {
        #expect(throws: UnusableCall.self) { try input(structured(body)) }
    }

    @Test func `a batch, another format and data that is no JSON are refused with 415`() {
        for type in ["application/cloudevents-batch+json", "application/cloudevents+avro", "application/cloudevents"] {
            #expect(CloudEvents.refusal(of: structured("[]", type: type))?.status == 415, "\(type)")
        }
        #expect(CloudEvents.refusal(of: binary("<a/>", ["Content-Type": "text/xml"]))?.status == 415)
        for type in ["application/json", "application/vnd.shop+json", ""] {
            #expect(CloudEvents.refusal(of: binary("{}", ["Content-Type": type])) == nil, "\(type)")
        }
        #expect(CloudEvents.refusal(of: structured("{}")) == nil)
    }

    @Test(arguments: [(0, 202), (65, 400), (66, 422), (67, 422), (70, 500), (75, 503), (78, 500)] as [(Int32, Int)])
    func `an event has no answer but its status, and a failure says why`(exitStatus: Int32, status: Int) {
        let answer = CloudEvents.answer(FunctionAnswer(exitStatus: exitStatus, object: [UInt8]("{}")))
        #expect(answer.status == status)
        #expect(answer.body.text == (exitStatus == 0 ? "" : "{}\n"))
        #expect(answer.headers.contains { $0.name == "Retry-After" } == (exitStatus == 75))
    }
}
