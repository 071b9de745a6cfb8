import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests that the real functions name a caller's mistakes with the right spelling. No call reaches a database.
@Suite(.ownThreads) struct MisspeltTests {
    private let environment = ["DATABASE_URL": "host=127.0.0.1 port=1"]

    private func call(_ function: String, _ input: String) throws -> FunctionCall {
        FunctionCall(try Programs.run(function, input: input, environment: environment))
    }

    private func details(_ call: FunctionCall) -> [String] {
        (call.answer.at("error.details")?.items ?? []).map { "\($0["field"]?.text ?? "") \($0["message"]?.text ?? "")" }
    }

    @Test func `all wrong macros of an input are named, each with its path and what was meant`() throws {
        let refusal = try call(
            "createPostback",
            #"""
            {"offerId":"o","affiliateId":"a","conversionStatus":"done","httpType":"POST(JSON)",
             "url":"https://t.example/{clikid}?a={sub_1}&p={payout:num}",
             "requestParams":{"x":"{txid}-{payuot}","y":[1,{"z":"{occurred_at:epoch}"}]},
             "requestHeaders":{"X-One":"{stats} {geo}"},"skipWhenEmpty":["clickId","click_id"]}
            """#)
        #expect(refusal.code == "invalid_request")
        let found = details(refusal)
        for (field, wrong, right) in [
            ("url", "clikid", "click_id"), ("url", "sub_1", "sub1"), ("url", "num", ":number"),
            ("requestParams.x", "txid", "transaction_id"), ("requestParams.x", "payuot", "payout"),
            ("requestParams.y[1].z", "epoch", ":unix"), ("requestHeaders.X-One", "stats", "status"),
            ("requestHeaders.X-One", "geo", "country"), ("skipWhenEmpty[0]", "clickId", "click_id"),
        ] {
            #expect(
                found.contains {
                    $0.hasPrefix("\(field) ") && $0.contains("\"\(wrong)\"")
                        && $0.contains("did you mean \"\(right)\"?")
                }, "\(field) \(wrong): \(found)")
        }
        #expect(found.count == 9)
    }

    @Test(
        arguments: [
            ("createPostback", "status", "conversionStatus"), ("createPostback", "method", "httpType"),
            ("createPostback", "params", "requestParams"), ("createPostback", "headers", "requestHeaders"),
            ("createPostback", "auth", "basicAuth"), ("updatePostback", "id", "postbackId"),
            ("updatePostback", "pause", "active"), ("deletePostback", "id", "postbackId"),
            ("previewPostback", "id", "postbackId"), ("recordConversion", "sub1", "params.sub1"),
            ("recordConversion", "txid", "transactionId"), ("recordConversion", "clickid", "clickId"),
            ("recordConversion", "amount", "payout"), ("recordConversion", "event", "goalId"),
            ("explainConversion", "id", "conversionId"), ("updateConversionStatus", "conversionStatus", "status"),
            ("listDeliveries", "status", "state"), ("listPostbacks", "affiliate", "affiliateId"),
            ("configureOffer", "id", "offerId"), ("configureAffiliate", "affiliate", "affiliateId"),
            ("backfillPostback", "from", "since"),
        ] as [(String, String, String)])
    func `an unknown field names the right one though the words differ`(
        function: String, given: String, meant: String
    ) throws {
        let refusal = try call(function, #"{"\#(given)":"x"}"#)
        #expect(
            details(refusal).contains("\(given) is not a field here; did you mean \"\(meant)\"?"), "\(refusal.text)")
    }

    @Test func `malformed JSON is named with line and column, and none of it is repeated`() throws {
        let secret = "correct horse"
        let text = "{\n  \"offerId\": \"o\",\n  \"basicAuth\": {\"login\": \"ada\", \"password\": '\(secret)'}\n}"
        let refusal = try call("createPostback", text)
        #expect(refusal.status == .exited(65))
        #expect(refusal.code == "invalid_json")
        #expect(
            refusal.message
                == "the input has a single quote, in basicAuth.password, at line 3, column 45; names and texts need double quotes (\")"
        )
        #expect(!refusal.text.contains("horse"))
        let line = try Programs.stream(
            "createPostback", [#"{"id":1,"input":{"payout":12,50}}"#, #"{"id":2,"input":{},}"#],
            environment: environment)
        #expect(line.first { $0["id"] == 1 }?.at("error.message")?.text?.contains("at column 13 of the input") == true)
        #expect(line.first { $0["id"] == 2 }?.at("error.message")?.text?.contains("at column 19 of the line") == true)
    }
}
