import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests `--check`, which only validates the lines of the warm mode.
@Suite(.ownThreads) struct CheckTests {
    /// A database that does not exist, so every use of it fails.
    private let environment = ["DATABASE_URL": "host=127.0.0.1 port=1"]

    private func check(_ function: String, _ lines: [String]) throws -> [JSON] {
        let input = lines.map { $0 + "\n" }.joined()
        let outcome = try Programs.run(function, ["--check"], input: input, environment: environment)
        #expect(outcome.status == .exited(0))
        return try outcome.output.split(separator: UInt8(ascii: "\n")).map { try JSON(parsing: Array($0)) }
    }

    @Test func `a line that is right is answered with an empty output, and no other thing is touched`() throws {
        let good = #"{"offerId":"o","affiliateId":"a","transactionId":"t"}"#
        let answers = try check(
            "recordConversion",
            [#"{"id":1,"input":\#(good)}"#, #"{"id":2,"input":{"offerId":"o","payout":"x"}}"#, "nonsense", "{"])
        #expect(answers.count == 4)
        #expect(answers[0] == ["id": 1, "output": [:]])
        #expect(answers[1]["id"] == 2 && answers[1].at("error.code") == "invalid_request")
        #expect(answers[1].at("error.details")?.items.count == 3)
        #expect(answers[2].at("error.code") == "invalid_json" && answers[3].at("error.code") == "invalid_json")
    }

    @Test(arguments: ArgumentTests.functions)
    func `no line, no answer`(function: String) throws {
        #expect(try check(function, []).isEmpty)
    }

    @Test func `deliverPostback sends nothing`() throws {
        let receiver = try RunningReceiver()
        let line =
            #"{"id":1,"input":{"deliveryId":1,"attempt":1,"postback":{"url":"\#(receiver.url)/","httpType":"GET"},"event":{"status":"done"},"conversion":{"offer":{"id":"o"},"affiliate":{"id":"a"}}}}"#
        #expect(try check("deliverPostback", [line]) == [["id": 1, "output": [:]]])
        #expect(receiver.requests.isEmpty && receiver.acceptedConnections == 0)
    }

    @Test func `createPostback refuses an address that must not be dialled`() throws {
        func line(_ url: String) -> String {
            #"{"id":1,"input":{"offerId":"o","affiliateId":"a","conversionStatus":"done","httpType":"GET","url":"\#(url)"}}"#
        }
        #expect(try check("createPostback", [line("http://10.0.0.1/")])[0].at("error.details.0.field") == "url")
        #expect(try check("createPostback", [line("http://t.example/")])[0]["output"] == [:])
    }
}
