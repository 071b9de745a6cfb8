import Domain
import JSON
import Postgres
import Receiver
import Store
import System
import TestSupport
import TestThreads
import Testing

@Suite(.ownThreads) struct RecordConversionTests {
    @Test(arguments: [
        ("12.30", "12.30"), ("123456789012345678.12", "123456789012345678.12"), ("1e-7", "0.0000001"), ("0.1", "0.1"),
        ("-0", "0"),
        ("0.00", "0.00"), ("-5", "-5"),
        ("99999999999999999999.999999999999999999", "99999999999999999999.999999999999999999"),
        ("1E3", "1000"),
    ])
    func `money is exact, as a string or a number, from the input to the receiver`(given: String, expected: String)
        throws
    {
        let receiver = try RunningReceiver()
        let installation = try Installation.withOffer()
        _ = try installation.createPostback([
            "url": .string("\(receiver.url)/{payout}?s={status}"), "httpType": "POST(JSON)",
            "requestParams": ["number": "{payout:number}", "text": "{payout}"],
        ])
        for (transaction, value) in [("1", JSON.string(given)), ("2", .number(given))] {
            let answer = try installation.record(["transactionId": .string(transaction), "payout": value])
            #expect(answer.at("conversion.payout") == .string(expected))
        }
        let connection = try installation.database.connect()
        let shares = [Outbox.Share(destination: 1, free: 10, floor: nil)]
        let claims = try connection.run(
            ClaimDeliveries(shares, lease: .seconds(60), orderHold: .seconds(600), schedule: .standard)
        ).claims
        _ = try installation.stream("deliverPostback", claims.map { String(decoding: $0.line, as: UTF8.self) })
        #expect(
            receiver.requests.map(\.text)
                == Array(repeating: #"{"number":\#(expected),"text":"\#(expected)"}"#, count: 2))
        #expect(receiver.requests.map(\.target) == Array(repeating: "/\(expected)?s=pending", count: 2))
    }

    @Test(arguments: [
        #""12,99""#, #""NaN""#, #""Infinity""#, #"" ""#, #""1 000""#, #""+1""#, "true", "1e30", "1e-30", #""１２""#,
    ])
    func `what is no decimal amount is refused`(value: String) throws {
        let installation = try Installation.withOffer()
        let call = try installation.call(
            "recordConversion", #"{"offerId":"o","affiliateId":"a","transactionId":"t","payout":\#(value)}"#)
        #expect(call.code == "invalid_request")
        #expect(call.fields == ["payout"])
        #expect(try installation.count("conversions") == 0)
    }

    @Test(arguments: [
        #"{"offerId":"o","affiliateId":"a"}"#, #"{"offerId":"o","affiliateId":"a","transactionId":null}"#,
        #"{"offerId":"o","affiliateId":"a","transactionId":null,"clickId":null}"#,
    ])
    func `without a transactionId and a clickId nothing could be recognised as a repeat, and nothing is recorded`(
        input: String
    ) throws {
        let installation = try Installation.withOffer()
        let call = try installation.call("recordConversion", input)
        #expect(call.code == "invalid_request")
        #expect(call.fields == ["transactionId"])
        #expect(try installation.count("conversions") == 0)
    }

    @Test func `ids that are integers are taken, and answered as strings`() throws {
        let installation = try Installation.make()
        let offer = try installation.ask("configureOffer", ["offerId": 17, "goalsEnabled": true, "goals": [["id": 3]]])
        #expect(offer.at("offer.id") == "17")
        #expect(offer.at("offer.goals") == [["id": "3", "name": "3"]])
        #expect(try installation.ask("configureAffiliate", ["affiliateId": -4]).at("affiliate.id") == "-4")
        let postback = try installation.ask(
            "createPostback", Installation.postback(["offerId": 17, "affiliateId": "-4", "goalId": 3]))
        #expect(postback.at("postback.offer.id") == "17")
        let big = JSON.number("12345678901234567890123456789012345678")
        let recorded = try installation.record([
            "offerId": "17", "affiliateId": -4, "goalId": 3, "transactionId": big, "clickId": 5,
        ])
        #expect(recorded.at("conversion.transactionId") == "12345678901234567890123456789012345678")
        #expect(recorded.at("conversion.clickId") == "5")
        #expect(recorded.at("conversion.offer.id") == "17")
        #expect(recorded.at("conversion.affiliate.id") == "-4")
        #expect(recorded.fired.count == 1)
        let update = try installation.update(["offerId": 17, "transactionId": big, "goalId": "3", "status": "done"])
        #expect(update["changed"] == true)
        #expect(try installation.ask("listPostbacks", ["offerId": 17]).at("postbacks.0.goal.id") == "3")
        // Text stays text: 017 is another offer.
        #expect(
            try installation.refusal(of: "recordConversion", Installation.conversion(["offerId": "017", "clickId": 1]))
                .code == "not_found")
    }

    @Test func `everything that is reported is answered`() throws {
        let installation = try Installation.withOffer()
        let given: JSON = [
            "transactionId": "t'\"\\😀", "clickId": "c&=?#%", "status": "rejected", "statusReason": "line\nbreak",
            "payout": "1.10",
            "revenue": "2", "saleAmount": "-3.0", "currency": "usdt", "ip": "2001:db8::1", "country": "de",
            "userAgent": "x\u{1}y", "params": ["sub1": "'; DROP TABLE offers; --", "a.b-c_D9": ""],
        ]
        let answer = try installation.record(
            given.merging([
                "goalId": "g1", "clickedAt": "2026-01-01T01:00:00+01:00", "occurredAt": "2026-01-02T03:04:05.6789Z",
            ]))
        let conversion = try #require(answer["conversion"])
        guard case .object(let members) = given else { return }
        for member in members { #expect(conversion[member.name]?.sorted == member.value.sorted, "\(member.name)") }
        #expect(conversion["clickedAt"] == "2026-01-01T00:00:00.000Z")
        #expect(conversion["occurredAt"] == "2026-01-02T03:04:05.678Z")
        #expect(conversion["goal"] == ["id": "g1", "name": "Install"])
        #expect(conversion["affiliate"] == ["id": "a", "name": "Ada"])
        #expect(try installation.count("offers") == 1)
    }

    @Test func `a pending postback that is paused still owes, and holds what it owes`() throws {
        let installation = try Installation.withOffer()
        let postback = try installation.createPostback()
        _ = try installation.database.connect().run("UPDATE postbacks SET paused_at = now(), paused_reason = 'test'")
        #expect(try installation.record(["transactionId": "t"]).fired == [postback])
        #expect(try installation.ask("listDeliveries", [:]).at("deliveries.0.state") == "held")
        #expect(try installation.ask("listDeliveries", [:]).at("deliveries.0.dueAt") == .null)
        #expect(try installation.ask("listPostbacks", [:]).at("postbacks.0.paused.reason") == "test")
    }
}
