import JSON
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests forbidden addresses in every spelling, as URLs of the real function, with a listener that must never be
/// called.
@Suite(.ownThreads) struct SpellingsTests {
    private func deliver(_ urls: [String], allowing list: String) throws -> [JSON] {
        let lines = urls.enumerated().map { (["id": .integer($0), "input": World.input($1)] as JSON).encodedText }
        let answers = try Programs.stream(
            "deliverPostback", lines,
            environment: ["POSTBACKS_ALLOW_CIDRS": list, "POSTBACKS_CONNECT_TIMEOUT": "5", "POSTBACKS_TIMEOUT": "10"])
        let byLine = Dictionary(answers.map { ($0["id"]?.integer, $0) }) { first, _ in first }
        return try urls.indices.map { try #require(byLine[$0], "an answer to \(urls[$0])") }
    }

    /// The result is an invalid URL, a forbidden address or no connection, but never a delivery.
    private func isHarmless(_ answer: JSON) -> Bool {
        // A NUL is refused before the URL is read.
        if ["invalid_request", "invalid_json"].contains(answer.at("error.code")?.text) { return true }
        return ["forbidden_target", "dns"].contains(answer.at("output.error.code")?.text)
    }

    @Test func `no spelling of a forbidden address is dialled`() throws {
        let receiver = try RunningReceiver()
        var random = SeededRandom(seed: SeededRandom.seed)
        let urls = (0..<1_500).map { _ in RandomSpelling.url(port: receiver.port, &random) }
        let answers = try deliver(urls, allowing: "")
        for (url, answer) in zip(urls, answers) {
            #expect(isHarmless(answer), "POSTBACKS_TEST_SEED=\(SeededRandom.seed) \(url) \(answer.encodedText)")
        }
        #expect(receiver.acceptedConnections == 0, "POSTBACKS_TEST_SEED=\(SeededRandom.seed)")
        let codes = Set(answers.compactMap { $0.at("output.error.code")?.text ?? $0.at("error.code")?.text })
        #expect(codes.isSuperset(of: ["forbidden_target", "invalid_request"]))
    }

    @Test func `the same listener is reached where it is allowed`() throws {
        let receiver = try RunningReceiver()
        let urls = [
            "http://127.0.0.1:\(receiver.port)/", "HTTP://127.0.0.1:\(receiver.port)",
            "http://[::ffff:7f00:1]:\(receiver.port)/",
        ]
        for answer in try deliver(urls, allowing: "127.0.0.0/8") {
            #expect(answer.at("output.outcome") == "delivered", "\(answer.encodedText)")
        }
        #expect(receiver.requests.count == 3)
    }

    @Test(arguments: [
        "http://127.0.0.1:PORT/", "http://[::ffff:127.0.0.1]:PORT/", "http://[::7f00:1]:PORT/",
        "http://[64:ff9b::7f00:1]:PORT/",
        "http://[0:0:0:0:0:FFFF:7f00:0001]:PORT/", "http://localhost:PORT/", "http://LOCALHOST:PORT/",
        "http://[::1]:PORT/",
        "http://0.0.0.0:PORT/", "http://[::]:PORT/",
    ])
    func `what is an address or a name of this machine is forbidden`(url: String) throws {
        let receiver = try RunningReceiver()
        let answer = try deliver([url.replacing("PORT", with: "\(receiver.port)")], allowing: "")[0]
        #expect(answer.at("output.error.code") == "forbidden_target", "\(answer.encodedText)")
        #expect(receiver.acceptedConnections == 0)
    }

    @Test(arguments: [
        "http://localhost.:PORT/", "http://127.0.0.1.:PORT/", "http://2130706433:PORT/", "http://0x7f000001:PORT/",
        "http://017700000001:PORT/", "http://127.1:PORT/", "http://0:PORT/", "http://0x7f.0.0.1:PORT/",
        "http://0177.0.0.1:PORT/", "http://127.0.0.0x1:PORT/", "http://１２７.0.0.1:PORT/", "http://127。0。0。1:PORT/",
        "http://①②⑦.0.0.1:PORT/", "http://%31%32%37.0.0.1:PORT/", "http://127.0.0.1%00.example:PORT/",
        "http://[::1%25lo]:PORT/", "http://[::1%lo]:PORT/", "http://[127.0.0.1]:PORT/", "http://[[::1]]:PORT/",
        "http://::1:PORT/", "http://a@127.0.0.1:PORT/", "http://t.example\\@127.0.0.1:PORT/",
        "http://127.0.0.1:PORT#@t.example/",
        "http://t.example:80@127.0.0.1:PORT/", "http://lo{click_id}calhost:PORT/", "http:/127.0.0.1:PORT/",
        "//127.0.0.1:PORT/",
        "http:127.0.0.1:PORT/", "http://127.0.0.1\t:PORT/", "http://127.0.0.1 :PORT/", "gopher://127.0.0.1:PORT/",
    ])
    func `what some read as an address and others not is no URL`(url: String) throws {
        let receiver = try RunningReceiver()
        // Even where the address itself may be dialled.
        let answer = try deliver([url.replacing("PORT", with: "\(receiver.port)")], allowing: "127.0.0.0/8,::1")[0]
        #expect(answer.at("error.code") == "invalid_request", "\(answer.encodedText)")
        #expect(receiver.acceptedConnections == 0)
    }
}
