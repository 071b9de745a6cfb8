import JSON
import TestSupport
import TestThreads
import Testing

/// Tests the requests of deliverPostback with other parsers: Python's http.server, urllib.parse and json.
@Suite(.ownThreads) struct RenderingTests {
    private func deliver(_ inputs: [JSON]) throws -> [JSON] {
        let lines = inputs.enumerated().map { (["id": .integer($0), "input": $1] as JSON).encodedText }
        let answers = try Programs.stream(
            "deliverPostback", lines, environment: ["POSTBACKS_ALLOW_CIDRS": "127.0.0.0/8"])
        let byLine = Dictionary(answers.map { ($0["id"]?.integer, $0) }) { first, _ in first }
        return try inputs.indices.map { try #require(byLine[$0], "an answer to line \($0)") }
    }

    @Test func `whatever values a conversion has, they arrive exactly, and nothing else does`() throws {
        let receiver = try PythonReceiver()
        var random = SeededRandom(seed: SeededRandom.seed)
        let deliveries = (1...400).map { RandomDelivery(id: $0, to: receiver.url, isLarge: $0 % 133 == 0, &random) }
        let answers = try deliver(deliveries.map(\.input))
        let received = Dictionary(grouping: try receiver.requests(), by: \.delivery)
        let seed: Comment = "POSTBACKS_TEST_SEED=\(SeededRandom.seed)"
        for (index, delivery) in deliveries.enumerated() {
            let requests = received["\(index + 1)"] ?? []
            // The text is made only for a failure, because writing each input costs more than checking it.
            func whole() -> Comment {
                "POSTBACKS_TEST_SEED=\(SeededRandom.seed) \(delivery.input.encodedText.prefix(4000))"
            }
            switch delivery.expectation {
            case .unsafeURL:
                #expect(answers[index].at("output.error.code") == "unsafe_url", whole())
                #expect(answers[index].at("output.outcome") == "failed", whole())
                #expect(requests.isEmpty, whole())
            case .unsafeHeader:
                #expect(answers[index].at("output.error.code") == "unsafe_header", whole())
                #expect(requests.isEmpty, whole())
            case .arrives(let expected):
                #expect(
                    answers[index].at("output.outcome") == "delivered",
                    "\(answers[index].encodedText.prefix(600)) \(whole())")
                guard requests.count == 1, requests[0].unreadable == nil else {
                    Issue.record("\(requests.count) requests, \(requests.first?.unreadable ?? "") \(whole())")
                    continue
                }
                check(requests[0], expected, whole)
            }
        }
        #expect(received["none"] == nil, seed)
        #expect(Set(received.keys).isSubset(of: Set((1...deliveries.count).map { "\($0)" })), seed)
        #expect(deliveries.contains { if case .unsafeHeader = $0.expectation { true } else { false } }, seed)
    }

    private func check(_ request: PythonReceiver.Received, _ expected: RandomDelivery.Arrival, _ whole: () -> Comment) {
        #expect(request.method == expected.method, whole())
        #expect(request.path?.map(\.exact) == expected.path.map(\.exact), whole())
        #expect(request.query?.map(\.exact) == expected.query.map(\.exact), whole())
        #expect(request.form?.map(\.exact) == expected.form?.map(\.exact), whole())
        #expect(request.json?.map(\.exact) == expected.json?.map(\.exact), whole())
        let usual = [
            "host", "user-agent", "accept", "postback-delivery-id", "postback-attempt", "content-type",
            "content-length",
        ]
        let own = (request.headers ?? []).filter { !usual.contains($0[0].lowercased()) }
        #expect(Set(own.map(\.exact)) == Set(expected.headers.map(\.exact)), whole())
        #expect(own.count == expected.headers.count, whole())
    }

    @Test func `a value that is not to be encoded breaks neither the request nor its line`() throws {
        let receiver = try PythonReceiver()
        var random = SeededRandom(seed: SeededRandom.seed)
        // A percent sign stays as it is, so that encoded text is not encoded twice.
        let values = (1...100).map { _ in RandomText.make(&random, pieces: 12).without("%") }
        let answers = try deliver(
            values.enumerated().map { index, value in
                [
                    "deliveryId": .integer(index + 1), "attempt": 1,
                    "postback": ["url": .string("\(receiver.url)/p?to={_params.a}"), "httpType": "GET"],
                    "event": ["status": "done"],
                    "conversion": ["offer": ["id": "o"], "affiliate": ["id": "a"], "params": ["a": .string(value)]],
                ]
            })
        let received = Dictionary(grouping: try receiver.requests(), by: \.delivery)
        for (index, value) in values.enumerated() {
            let seed: Comment = "POSTBACKS_TEST_SEED=\(SeededRandom.seed) \(value.exact)"
            #expect(answers[index].at("output.outcome") == "delivered", seed)
            #expect(received["\(index + 1)"]?.map { $0.target?.exact } == ["/p?to=\(value)".exact], seed)
            #expect(received["\(index + 1)"]?[0].headers?.contains { $0[0].lowercased() == "x-evil" } == false, seed)
        }
        #expect(received["none"] == nil)
    }

    @Test func `a warm process does not take a postback for one that only looks the same`() throws {
        let receiver = try PythonReceiver()
        // Swift compares texts by what they mean: all three are equal to it, and none is the other on the wire.
        let accents = ["\u{C5}", "\u{212B}", "A\u{30A}"]
        _ = try deliver(
            accents.enumerated().map { index, accent in
                [
                    "deliveryId": .integer(index + 1), "attempt": 1,
                    "postback": [
                        "id": 1, "url": .string("\(receiver.url)/p/\(accent)"), "httpType": "POST(JSON)",
                        "requestParams": ["a": .string(accent)],
                    ],
                    "event": ["status": "done"], "conversion": ["offer": ["id": "o"], "affiliate": ["id": "a"]],
                ]
            })
        for request in try receiver.requests() {
            let accent = accents[(Int(request.delivery) ?? 0) - 1].exact
            #expect(request.path?.map(\.exact) == ["p", accent])
            #expect(request.json?.last?.text.exact == accent)
        }
    }
}

extension [String] {
    fileprivate var exact: [String] { map(\.exact) }
}
