import JSON
import Postgres
import Receiver
import TestSupport
import TestThreads
import Testing

/// Tests R15: an invalid ornament never makes a conversion fail.
@Suite(.ownThreads) struct OrnamentTests {
    /// A field as it is given, what is stored of it, and the code of the warning.
    struct Case: Sendable, CustomTestStringConvertible {
        let field: String
        let given: JSON
        let stored: JSON?
        let code: String?

        init(_ field: String, _ given: JSON, _ stored: JSON?, _ code: String? = "adjusted") {
            self.field = field
            self.given = given
            self.stored = stored
            self.code = code
        }

        var testDescription: String { "\(field) \(given.encodedText.prefix(60))" }
    }

    static let cases: [Case] = [
        Case("country", "T1", nil, "left_out"), Case("country", "DEU", nil, "left_out"),
        Case("country", " DE ", "DE"), Case("country", 49, nil, "left_out"), Case("country", "", nil, nil),
        Case("ip", "203.0.113.9, 10.0.0.1", "203.0.113.9"), Case("ip", "203.0.113.9:52811", "203.0.113.9"),
        Case("ip", "[2001:db8::1]:443", "2001:db8::1"), Case("ip", "[2001:db8::1]", "2001:db8::1"),
        Case("ip", "2001:db8::1%eth0", "2001:db8::1"), Case("ip", " 203.0.113.9 ", "203.0.113.9"),
        Case("ip", "unknown, 203.0.113.9", "203.0.113.9"), Case("ip", ["203.0.113.9", "10.0.0.1"], "203.0.113.9"),
        Case("ip", #"for="[2001:db8::1]:4711";proto=https"#, "2001:db8::1"),
        Case("ip", "203.0.113.9/32", "203.0.113.9"),
        Case("ip", "unknown", nil, "left_out"), Case("ip", "203.0.113.9:x", nil, "left_out"),
        Case("ip", "203.0.113.999", nil, "left_out"), Case("ip", "10.0.0.0/8", nil, "left_out"),
        Case("ip", ["a": "203.0.113.9"], nil, "left_out"), Case("ip", "", nil, nil), Case("ip", nil, nil, nil),
        Case("userAgent", .string(String(repeating: "é", count: 8193)), .string(String(repeating: "é", count: 8192))),
        Case("userAgent", 7, "7"), Case("userAgent", ["x"], nil, "left_out"), Case("userAgent", "", nil, nil),
        Case(
            "statusReason", .string(String(repeating: "x", count: 2000)), .string(String(repeating: "x", count: 1024))),
        Case("statusReason", true, "true"), Case("statusReason", [:], nil, "left_out"),
        Case("params", ["sub1": 123], ["sub1": "123"]), Case("params", ["sub1": .number("1.50")], ["sub1": "1.50"]),
        Case("params", ["sub1": false, "sub2": "x"], ["sub1": "false", "sub2": "x"]),
        Case("params", ["sub1": nil], nil, "left_out"), Case("params", ["sub 1": "x"], nil, "left_out"),
        Case("params", ["a": ["b"], "c": "d"], ["c": "d"], "left_out"), Case("params", "sub1=x", nil, "left_out"),
        Case("params", ["sub1": ""], ["sub1": ""], nil), Case("params", "", nil, nil),
        Case("clickedAt", "2026-06-01 12:00:00", "2026-06-01T12:00:00.000Z"),
        Case("clickedAt", 1_780_315_200, "2026-06-01T12:00:00.000Z"),
        Case("clickedAt", "1780315200123", "2026-06-01T12:00:00.123Z"),
        Case("clickedAt", "06/01/2026", nil, "left_out"), Case("clickedAt", "yesterday", nil, "left_out"),
        Case("clickedAt", 0, nil, "left_out"), Case("clickedAt", "", nil, nil),
    ]

    @Test(arguments: cases)
    func `R15: what cannot be used is put right or left out, and the conversion is recorded`(this: Case) throws {
        let installation = try Installation.withOffer()
        let answer = try installation.record(
            (["transactionId": "t", "payout": "1.50"] as JSON).merging(.object([JSON.Member(this.field, this.given)])))
        #expect(answer["duplicate"] == false)
        #expect(answer.at("conversion.payout") == "1.50")
        #expect(answer["conversion"]?[this.field] == this.stored)
        let warnings = answer["warnings"]?.items ?? []
        #expect(warnings.map { $0["code"]?.text } == (this.code.map { [$0] } ?? []), "\(answer.encodedText)")
        for warning in warnings {
            #expect(warning["field"]?.text?.hasPrefix(this.field) == true)
            #expect(warning["message"]?.text?.isEmpty == false)
        }
        #expect(answer["warnings"] == nil || !warnings.isEmpty)
    }

    @Test func `R15: a warning says what was given and what was taken, and stays short`() throws {
        let installation = try Installation.withOffer()
        let long = "203.0.113.9, " + String(repeating: "e\u{301}", count: 5000)
        let answer = try installation.record([
            "transactionId": "t", "ip": "203.0.113.9:52811",
            "country": .string("e" + String(repeating: "\u{301}", count: 5000)),
            "clickedAt": "06/01/2026",
        ])
        #expect(answer.at("warnings.0.message") == "was \"203.0.113.9:52811\"; the address 203.0.113.9 is used")
        #expect(
            answer.at("warnings.2.message")
                == "was \"06/01/2026\", which could be 2026-01-06 or 2026-06-01; write the one that you mean; it is left out"
        )
        let other = try installation.record(["transactionId": "u", "ip": .string(long)])
        #expect(other.at("conversion.ip") == "203.0.113.9")
        for answer in [answer, other] {
            for warning in answer["warnings"]?.items ?? [] { #expect(warning.encodedText.utf8.count < 400) }
        }
    }

    @Test func `R15: an event's time that cannot be used is now`() throws {
        let installation = try Installation.withOffer()
        let answer = try installation.record(["transactionId": "t", "occurredAt": "soon"])
        #expect(answer.at("warnings.0.field") == "occurredAt")
        #expect(answer.at("conversion.occurredAt") == answer.at("conversion.createdAt"))
    }

    @Test func `R15: of more than 64 params the first are kept, and the answer stays short`() throws {
        let installation = try Installation.withOffer()
        let params = JSON.object((0..<20_000).map { JSON.Member("p\($0)", .integer($0)) })
        let answer = try installation.record(["transactionId": "t", "params": params])
        #expect(answer.at("conversion.params")?.members.map(\.name) == (0..<64).map { "p\($0)" })
        #expect(answer["warnings"]?.items.count == 65)
    }

    @Test func `R15: a repeat is compared as it is put right`() throws {
        let installation = try Installation.withOffer()
        let first: JSON = [
            "transactionId": "t", "ip": "203.0.113.9", "clickedAt": "2026-06-01T12:00:00Z", "params": ["sub1": "123"],
        ]
        try installation.record(first)
        let again = try installation.record([
            "transactionId": "t\u{A0}", "ip": "203.0.113.9, 10.0.0.1", "clickedAt": 1_780_315_200, "country": "T1",
            "params": ["sub1": 123], "clickId": "", "payout": "",
        ])
        #expect(again["duplicate"] == true)
        #expect(again["conflicts"] == nil)
        #expect(again["warnings"]?.items.count == 4)
        #expect(try installation.count("conversions") == 1)
    }

    @Test(
        arguments: [
            ("offerId", "é\u{1}"), ("transactionId", ["t"]), ("clickId", "c\u{7}x"), ("goalId", true),
            ("payout", "1,5"),
            ("revenue", "abc"), ("saleAmount", []), ("currency", "dollars and cents"), ("status", "paid"),
            ("silent", "yes"),
        ] as [(String, JSON)])
    func `identity and money are strict`(field: String, value: JSON) throws {
        let installation = try Installation.withOffer()
        let input = Installation.conversion(["transactionId": "t"]).merging(.object([JSON.Member(field, value)]))
        let refusal = try installation.refusal(of: "recordConversion", input)
        #expect(refusal.code == "invalid_request" && refusal.fields == [field])
        #expect(try installation.count("conversions") == 0)
    }

    @Test func `an optional field that is empty where text cannot be is a field that is not there`() throws {
        let installation = try Installation.withOffer()
        let answer = try installation.record([
            "transactionId": "t", "clickId": "", "goalId": " ", "payout": "", "revenue": "", "saleAmount": "",
            "currency": "", "status": "", "occurredAt": "", "clickedAt": "",
        ])
        #expect(answer["warnings"] == nil)
        #expect(answer.at("conversion.status") == "pending")
        for field in ["clickId", "goal", "payout", "revenue", "saleAmount", "currency", "clickedAt"] {
            #expect(answer["conversion"]?[field] == nil)
        }
        let update = try installation.update([
            "offerId": "o", "transactionId": "t", "clickId": "", "status": "done", "payout": "2", "expectedStatus": "",
        ])
        #expect(update["changed"] == true)
        #expect(
            try installation.update(["conversionId": 1, "offerId": "", "status": "done", "payout": ""])
                .at("conversion.payout") == "2")
        let postback = try installation.ask(
            "createPostback", Installation.postback(["goalId": "", "signingSecret": "", "idempotencyKey": ""]))
        #expect(postback.at("postback.goal") == .null)
        #expect(try installation.ask("listPostbacks", ["offerId": "", "after": ""])["postbacks"]?.items.count == 1)
        // In a required field this is a fault all the same, and so is a value that is not a text.
        #expect(
            try installation.refusal(of: "recordConversion", ["offerId": " ", "affiliateId": "", "clickId": "c"]).fields
                == ["offerId", "affiliateId"])
        #expect(
            try installation.refusal(of: "recordConversion", Installation.conversion(["clickId": "\t"])).fields == [
                "transactionId"
            ])
        #expect(try installation.refusal(of: "listPostbacks", ["limit": ""]).fields == ["limit"])
    }

    @Test func `a status update keeps a reason that is no text out, and says so`() throws {
        let installation = try Installation.withOffer()
        try installation.record(["transactionId": "t"])
        let update = try installation.update(["conversionId": 1, "status": "done", "statusReason": ["x": 1]])
        #expect(update["changed"] == true)
        #expect(update.at("warnings.0.code") == "left_out")
        #expect(update.at("conversion.statusReason") == nil)
    }

    @Test func `a delivery takes every snapshot that was ever stored`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.withOffer()
        let input: JSON = [
            "deliveryId": 1, "attempt": 1,
            "postback": [
                "url": .string("\(receiver.url)/{offer_id}/{transaction_id}/{ip}/{country}/{sub1}"), "httpType": "GET",
            ],
            "event": ["id": 1, "sequence": 1, "status": "done", "at": "2026-01-02T03:04:05.000Z"],
            "conversion": [
                "id": 1, "sequence": 1, "status": "done", "offer": ["id": " o", "name": ""],
                "affiliate": ["id": "a\u{1}"], "transactionId": " T1", "clickId": "", "ip": "unknown", "country": "T1",
                "userAgent": .string(String(repeating: "u", count: 9000)), "clickedAt": "soon", "params": ["sub1": 5],
            ],
        ]
        let answer = try installation.ask("deliverPostback", input)
        #expect(answer["outcome"] == "delivered", "\(answer.encodedText)")
        #expect(receiver.requests.map(\.target) == ["/%20o/%20T1/unknown/T1/5"])
    }
}
