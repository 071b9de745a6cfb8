import JSON
import Postgres
import TestSupport
import TestThreads
import Testing

@Suite(.ownThreads) struct FindRecordsTests {
    private func found(_ installation: Installation, _ input: JSON) throws -> [String] {
        (try installation.ask("findRecords", input)["matches"]?.items ?? []).map { match in
            "\(match["kind"]?.text ?? "") \(match["id"]?.encodedText ?? "") \(match["matched"]?.text ?? "")"
        }
    }

    @Test func `an exact id finds every record that has it`() throws {
        let installation = try Installation.withOffer()
        try installation.configureOffer("1", goalsEnabled: false)
        try installation.ask("configureAffiliate", ["affiliateId": "1", "name": "One"])
        _ = try installation.createPostback()
        _ = try installation.createPostback(["offerId": "1", "affiliateId": "*"])
        try installation.record(["transactionId": "tx-1", "clickId": "same"])
        try installation.record(["transactionId": "same", "clickId": "c-2"])
        try installation.record(["offerId": "1", "affiliateId": "1", "transactionId": "1", "clickId": "1"])
        for (text, expected) in [
            (
                "1",
                [
                    "conversion 1 id", "conversion 3 transactionId", "delivery 1 id", "postback 1 id", #"offer "1" id"#,
                    #"affiliate "1" id"#,
                ]
            ),
            (
                1,
                [
                    "conversion 1 id", "conversion 3 transactionId", "delivery 1 id", "postback 1 id", #"offer "1" id"#,
                    #"affiliate "1" id"#,
                ]
            ),
            ("tx-1", ["conversion 1 transactionId"]), ("same", ["conversion 2 transactionId", "conversion 1 clickId"]),
            (" c-2 ", ["conversion 2 clickId"]), ("a", [#"affiliate "a" id"#]), ("o", [#"offer "o" id"#]),
            ("c-", []), ("01", []), ("+1", []), ("99999999999999999999", []), ("%", []), ("'; --", []),
        ] as [(JSON, [String])] {
            #expect(try found(installation, ["text": text]) == expected, "\(text)")
        }
        for (input, expected) in [
            (
                ["text": "1", "affiliateId": "a"],
                ["conversion 1 id", "delivery 1 id", "postback 1 id", #"offer "1" id"#]
            ),
            (["text": "1", "offerId": "1"], ["conversion 3 transactionId", #"offer "1" id"#, #"affiliate "1" id"#]),
            (["text": "2", "affiliateId": "1"], ["postback 2 id"]), (["text": "3", "affiliateId": "a"], []),
        ] as [(JSON, [String])] {
            #expect(try found(installation, input) == expected, "\(input)")
        }
    }

    @Test func `each kind of record comes with the fields that identify it`() throws {
        let installation = try Installation.withOffer()
        _ = try installation.createPostback(["affiliateId": "*"])
        try installation.record(["transactionId": "t", "clickId": "c", "goalId": "g1"])
        let matches = try installation.ask("findRecords", ["text": 1])["matches"]?.items ?? []
        #expect(matches.count == 3)
        let conversion = try #require(matches.first)
        #expect(conversion["createdAt"]?.text?.hasSuffix("Z") == true)
        #expect(
            conversion.without("createdAt") == [
                "kind": "conversion", "id": 1, "matched": "id", "offerId": "o", "affiliateId": "a", "goalId": "g1",
                "transactionId": "t", "clickId": "c", "status": "pending",
            ])
        #expect(
            matches[1] == [
                "kind": "delivery", "id": 1, "matched": "id", "state": "owed", "postbackId": 1, "conversionId": 1,
                "offerId": "o", "affiliateId": "a",
            ])
        try installation.ask("deletePostback", ["postbackId": 1])
        let later = try installation.ask("findRecords", ["text": "1"])
        #expect(later.at("matches.1.state") == "cancelled")
        #expect(
            later.at("matches.2") == [
                "kind": "postback", "id": 1, "matched": "id", "offerId": "o", "affiliateId": "*",
                "conversionStatus": "pending", "url": "http://127.0.0.1:1/?s={status}", "active": true, "deleted": true,
            ])
    }

    @Test func `of many conversions with a click 20 are found, and the answer says that there are more`() throws {
        let installation = try Installation.withOffer()
        try installation.record((1...21).map { "t\($0)" }, ["clickId": "shared"])
        let many = try installation.ask("findRecords", ["text": "shared"])
        #expect(many["matches"]?.items.count == 20 && many["more"] == true)
        let few = try installation.ask("findRecords", ["text": "t21"])
        #expect(few["matches"]?.items.count == 1 && few["more"] == nil)
    }

    @Test func `a text is needed`() throws {
        let installation = try Installation.make()
        for input in [[:], ["text": ""], ["text": "  "], ["text": nil], ["text": ["1"]]] as [JSON] {
            let refusal = try installation.refusal(of: "findRecords", input)
            #expect(refusal.code == "invalid_request" && refusal.fields == ["text"], "\(refusal.text)")
        }
    }
}
