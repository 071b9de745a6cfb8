import JSON
import Receiver
import System
import TestSupport
import TestThreads
import Testing
import Text

/// Tests the events of Lambda's sources with the real program.
@Suite(.ownThreads) struct EventTests {
    private let conversion: JSON = ["offerId": "o", "affiliateId": "a", "transactionId": "t1", "payout": "12.30"]

    private func recorder() throws -> RunningBootstrap {
        let installation = try Installation.make()
        try installation.configure()
        return try RunningBootstrap("recordConversion", environment: installation.environment)
    }

    /// An event of API Gateway with the payload format 2.0, as its documentation has it.
    private func request(_ body: String?, isEncoded: Bool = false, method: String = "POST") -> JSON {
        var members: [JSON.Member] = [
            JSON.Member("version", "2.0"), JSON.Member("routeKey", "$default"), JSON.Member("rawPath", "/conversions"),
            JSON.Member("headers", ["content-type": "application/json"]),
            JSON.Member(
                "requestContext", ["http": ["method": .string(method), "path": "/conversions"], "stage": "$default"]),
            JSON.Member("isBase64Encoded", .bool(isEncoded)),
        ]
        if let body { members.append(JSON.Member("body", .string(body))) }
        return .object(members)
    }

    @Test func `a request of API Gateway or a function URL gets a response`() throws {
        let bootstrap = try recorder()
        let first = try bootstrap.call(request(conversion.encodedText)).json
        #expect(first["statusCode"] == 200 && first.at("headers.content-type") == "application/json")
        #expect(first["isBase64Encoded"] == false)
        #expect(try JSON(parsing: Array((first["body"]?.text ?? "").utf8)).at("conversion.payout") == "12.30")
        let encoded = Base64.encode(conversion.bytes)
        let second = try bootstrap.call(request(encoded, isEncoded: true)).json
        #expect(try JSON(parsing: Array((second["body"]?.text ?? "").utf8))["duplicate"] == true)
    }

    @Test func `a request that fails gets the status of its error`() throws {
        let bootstrap = try recorder()
        for (event, status) in [
            (request("{"), 400), (request(nil), 400), (request("@@@", isEncoded: true), 400),
            (request(conversion.merging(["offerId": "other"]).encodedText), 404), (request(nil, method: "GET"), 405),
        ] {
            let report = try bootstrap.call(event)
            #expect(
                report.path.hasSuffix("/response") && report.json["statusCode"]?.integer == status, "\(report.text)")
            #expect((try? JSON(parsing: Array((report.json["body"]?.text ?? "").utf8)))?.at("error.code") != nil)
        }
        #expect(try bootstrap.call(request(nil, method: "GET")).json.at("headers.allow") == "POST")
        let without = try RunningBootstrap(
            "recordConversion", environment: ["DATABASE_URL": "postgresql://user@127.0.0.1:1/none"])
        let answer = try without.call(request(conversion.encodedText)).json
        #expect(answer["statusCode"] == 503 && answer.at("headers.retry-after") == "1")
    }

    @Test func `the detail of an event of EventBridge is the input`() throws {
        let bootstrap = try recorder()
        let event: JSON = [
            "version": "0", "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718", "detail-type": "Sale", "source": "shop",
            "account": "123456789012", "time": "2026-01-02T03:04:05Z", "region": "eu-central-1", "resources": [],
            "detail": conversion,
        ]
        #expect(try bootstrap.call(event).json.at("conversion.payout") == "12.30")
        let wrong = try bootstrap.call(event.merging(["detail": ["offerId": "o"]]))
        #expect(wrong.path.hasSuffix("/response") && wrong.json.at("error.code") == "invalid_request")
        try waitUntil("the line of the log") { bootstrap.log.contains("it is dropped") }
    }

    /// A message that is delivered, one that needs a key that is missing, and one that can never be accepted.
    private func batch(queue: String, to url: String) -> JSON {
        let good: JSON = [
            "deliveryId": 1, "attempt": 1,
            "postback": ["id": 1, "version": 1, "url": .string("\(url)/{click_id}"), "httpType": "GET"],
            "event": ["id": 1, "sequence": 1, "status": "done", "at": "2026-01-02T03:04:05.000Z"],
            "conversion": ["offer": ["id": "o1"], "affiliate": ["id": "a1"], "clickId": "c1"],
        ]
        let postback = (good["postback"] ?? .null).merging([
            "basicAuth": ["login": "l", "password": ["sealed": "pb2.k1.AAAA"]]
        ])
        let messages = [
            ("wrong", "{\"deliveryId\":true}"), ("first", good.encodedText),
            ("keyless", good.merging(["postback": postback]).encodedText), ("last", good.encodedText),
        ]
        return [
            "Records": .array(
                messages.map { id, body in
                    [
                        "messageId": .string(id), "receiptHandle": "r", "body": .string(body), "attributes": [:],
                        "eventSource": "aws:sqs",
                        "eventSourceARN": .string("arn:aws:sqs:eu-central-1:123456789012:\(queue)"),
                        "awsRegion": "eu-central-1",
                    ]
                })
        ]
    }

    private func sender() throws -> RunningBootstrap {
        try RunningBootstrap("deliverPostback", environment: ["POSTBACKS_ALLOW_CIDRS": "127.0.0.0/8"])
    }

    @Test func `only those messages of a queue's batch come again that may succeed then`() throws {
        let receiver = try RunningReceiver()
        let bootstrap = try sender()
        let report = try bootstrap.call(batch(queue: "deliveries", to: receiver.url))
        #expect(report.path.hasSuffix("/response"))
        #expect(report.json == ["batchItemFailures": [["itemIdentifier": "keyless"]]], "\(report.text)")
        #expect(receiver.requests.count == 2)
        try waitUntil("the line of the log") { bootstrap.log.contains("\"message\":\"wrong\"") }
    }

    @Test func `all messages of an ordered queue come again after the first that must`() throws {
        let receiver = try RunningReceiver()
        let report = try sender().call(batch(queue: "deliveries.fifo", to: receiver.url))
        #expect(
            report.json == ["batchItemFailures": [["itemIdentifier": "keyless"], ["itemIdentifier": "last"]]],
            "\(report.text)")
        #expect(receiver.requests.count == 1)
    }

    @Test func `messages without an answer at the deadline come again`() throws {
        let silent = try RunningReceiver(.init(manner: .silence))
        let report = try sender().call(batch(queue: "deliveries", to: silent.url), time: 2_000)
        let failed = (report.json["batchItemFailures"]?.items ?? []).compactMap { $0["itemIdentifier"]?.text }
        #expect(failed == ["first", "keyless", "last"], "\(report.text)")
    }
}
