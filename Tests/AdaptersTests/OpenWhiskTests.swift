import Adapters
import Testing

struct OpenWhiskTests {
    @Test func `the proxy's environment selects it, and says whether an acknowledgement is expected`() {
        #expect(OpenWhisk(environment: ["__OW_WAIT_FOR_ACK": "true"]) == nil)
        #expect(OpenWhisk(environment: ["__OW_PROXY_VERSION": "1.17"])?.acknowledgement == nil)
        let waiting = OpenWhisk(environment: ["__OW_PROXY_VERSION": "", "__OW_WAIT_FOR_ACK": "true"])
        #expect(waiting?.acknowledgement?.text == "{\"ok\":true}\n")
    }

    @Test(arguments: [
        (#"{"value":{"amount":12.30},"deadline":"1"}"#, #"{"amount":12.30}"#), (#"{"value":{}}"#, "{}"),
        (
            #"{"value":{"__ow_method":"post","a":1.50,"__ow_headers":{"x":"y"},"b":"__ow_"}}"#,
            #"{"a":1.50,"b":"__ow_"}"#
        ),
        (#"{"value":{"__ow_path":""}}"#, "{}"), (#"{"value":[1]}"#, "[1]"),
        (#"{"value":{"a":1,"a":2}}"#, #"{"a":1,"a":2}"#),
    ])
    func `the input is the value, without what describes a web request`(line: String, input: String) throws {
        #expect(try OpenWhisk.input(of: [UInt8](line)).text == input)
    }

    @Test(arguments: ["", "nonsense", "[]", "{}", #"{"input":{}}"#, #"{"value":{}"#])
    func `a line without a value is no call`(line: String) {
        #expect(throws: UnusableCall.self) { try OpenWhisk.input(of: [UInt8](line)) }
    }
}
