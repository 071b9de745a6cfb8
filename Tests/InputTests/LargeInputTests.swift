import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests inputs of the maximum size: the answer is fast and short.
@Suite(.ownThreads) struct LargeInputTests {
    private func createPostback(_ members: String) -> String {
        """
        {"offerId":"o","affiliateId":"a","conversionStatus":"done","url":"https://t.example/","httpType":"POST(JSON)",\(members)}
        """
    }

    @Test func `an error lists a hundred of a megabyte of unknown fields, and says how many there are`() throws {
        let installation = try Installation.make()
        let fields = (0..<90_000).map { "\"f\($0)\":1" }.joined(separator: ",")
        let call = try installation.call("createPostback", createPostback(fields))
        #expect(call.status == .exited(65))
        #expect(call.code == "invalid_request")
        #expect(call.fields == (0..<100).map { "f\($0)" })
        #expect(call.message == "f0 is not a field here (and 89999 more, details lists the first 100)")
        #expect(call.text.utf8.count < 20_000)
    }

    @Test func `an error does not repeat a name of half a megabyte for each of its members`() throws {
        let installation = try Installation.make()
        let name = String(repeating: "n", count: 400_000)
        let inner = (0..<50_000).map { "\"{\($0)\":1" }.joined(separator: ",")
        let call = try installation.call("updatePostback", "{\"postbackId\":1,\"\(name)\":{\(inner)}}")
        #expect(call.code == "invalid_request")
        #expect(call.text.utf8.count < 4_000)
        // deliverPostback reads each of them, because its postback has the stored form.
        let delivery = try installation.call(
            "deliverPostback",
            """
            {"deliveryId":1,"attempt":1,"event":{"status":"done"},"conversion":{"offer":{"id":"o"},"affiliate":{"id":"a"}},
            "postback":{"id":1,"url":"http://127.0.0.1:9/","httpType":"POST(JSON)","requestParams":{"\(name)":{\(inner)}}}}
            """)
        #expect(delivery.code == "invalid_request" && delivery.fields.count == 100)
        #expect(delivery.text.utf8.count < 100_000)
    }

    @Test func `a map of 20000 entries is refused`() throws {
        let map = "{click_id:" + (0..<20_000).map { "v\($0)=\($0)" }.joined(separator: ",") + "}"
        let call = try Installation.make().call(
            "createPostback", createPostback("\"requestParams\":{\"a\":\"\(map)\"}"))
        #expect(call.status == .exited(65))
        #expect(
            call.fields == ["requestParams"] && call.message.hasPrefix("requestParams must have at most 65536 bytes"))
    }
}
