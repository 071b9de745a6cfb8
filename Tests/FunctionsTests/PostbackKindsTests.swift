import JSON
import Postgres
import TestSupport
import TestThreads
import Testing

/// Tests `everyAffiliate` and `everyOffer`, which leave the postbacks for every affiliate or every offer out.
@Suite(.ownThreads) struct PostbackKindsTests {
    private let installation: Installation
    /// One for the offer and the affiliate, one for every affiliate of the offer, one for every offer of the affiliate.
    private let (own, network, everywhere): (Int, Int, Int)

    init() throws {
        installation = try Installation.make()
        try installation.configure()
        own = try installation.createPostback()
        network = try installation.createPostback(["affiliateId": "*"])
        everywhere = try installation.createPostback(["offerId": "*"])
        try installation.ask(
            "recordConversion", ["offerId": "o", "affiliateId": "a", "transactionId": "t", "clickId": "c"])
    }

    private func postbacks(_ answer: JSON) -> [Int] {
        (answer["deliveries"]?.items ?? []).compactMap { $0["postbackId"]?.integer }.sorted()
    }

    @Test func `lists of postbacks leave out those for every one`() throws {
        func ids(_ input: JSON) throws -> [Int] {
            (try installation.ask("listPostbacks", input)["postbacks"]?.items ?? []).compactMap { $0["id"]?.integer }
        }
        for filter in [[:], ["affiliateId": "a", "offerId": "o"]] as [JSON] {
            #expect(try ids(filter) == [own, network, everywhere])
            #expect(try ids(filter.merging(["everyAffiliate": false])) == [own, everywhere])
            #expect(try ids(filter.merging(["everyOffer": false])) == [own, network])
            #expect(try ids(filter.merging(["everyOffer": false, "everyAffiliate": false])) == [own])
            #expect(
                try ids(filter.merging(["everyOffer": true, "everyAffiliate": nil])) == [own, network, everywhere])
        }
    }

    @Test(
        arguments: [
            [:], ["affiliateId": "a"], ["offerId": "o"], ["conversionId": 1], ["transactionId": "t"], ["clickId": "c"],
            ["affiliateId": "a", "offerId": "o"], ["destination": "127.0.0.1:1"], ["state": "owed"], ["state": "dead"],
            ["errorCode": "dns"], ["httpStatus": "5xx"], ["httpStatus": 503, "affiliateId": "a"],
        ] as [JSON])
    func `lists of deliveries leave out the network's, owed and finished`(filter: JSON) throws {
        for isFinished in [false, true] {
            if isFinished {
                try installation.database.connect().execute(
                    script: """
                        WITH gone AS (DELETE FROM outbox RETURNING *)
                        INSERT INTO deliveries (id, event_id, conversion_id, sequence, postback_id, destination_id, state, attempts,
                            error_code, http_status, lease_no, owed_at, offer_id, affiliate_id)
                        SELECT id, event_id, conversion_id, sequence, postback_id, destination_id, 'dead', 1, 'dns', 503, 1, owed_at,
                            'o', 'a'
                        FROM gone
                        """)
            }
            for order in ["oldest", "newest"] {
                let input = filter.merging(["order": .string(order)])
                let all = try postbacks(installation.ask("listDeliveries", input))
                let some = try postbacks(installation.ask("listDeliveries", input.merging(["everyAffiliate": false])))
                let isListed = !all.isEmpty
                #expect(
                    isListed
                        == (isFinished
                            ? filter["state"] != "owed"
                            : filter["errorCode"] == nil
                                && filter["httpStatus"] == nil && filter["state"] != "dead"))
                #expect(some == (isListed ? [own, everywhere] : []), "\(input)")
            }
            if filter.members.isEmpty { continue }
            let all = try installation.ask("resendDeliveries", ["filter": filter, "dryRun": true])
            let some = try installation.ask(
                "resendDeliveries", ["filter": filter.merging(["everyAffiliate": false]), "dryRun": true])
            for field in ["resent", "madeDue"] {
                let counts = (all[field]?.integer ?? 0, some[field]?.integer ?? 0)
                #expect(counts == (3, 2) || counts == (0, 0), "\(all) \(some)")
            }
        }
    }

    @Test func `everyAffiliate alone is no condition of a resend`() throws {
        for value in [true, false] {
            let refusal = try installation.refusal(
                of: "resendDeliveries", ["filter": ["everyAffiliate": .bool(value)]])
            #expect(refusal.code == "invalid_request" && refusal.fields == ["filter"])
        }
    }

    @Test func `an explanation leaves them out, and counts none of other affiliates`() throws {
        try installation.configure(affiliate: ["affiliateId": "b"])
        try installation.createPostback(["affiliateId": "b"])
        try installation.createPostback(["affiliateId": "b", "offerId": "*"])
        func explained(_ more: JSON) throws -> ([Int], JSON?) {
            let answer = try installation.ask("explainConversion", (["conversionId": 1] as JSON).merging(more))
            let shown = answer.at("events.0.postbacks")?.items ?? []
            return (shown.compactMap { $0["postbackId"]?.integer }, answer["otherAffiliatesPostbacks"])
        }
        #expect(try explained([:]) == ([own, network, everywhere], 2))
        #expect(try explained(["everyAffiliate": false]) == ([own, everywhere], 0))
        #expect(try explained(["everyOffer": false]) == ([own, network], 1))
    }

    @Test func `a later event that waits for the network's earlier one does not name it`() throws {
        let connection = try installation.database.connect()
        for postback in [own, everywhere] {
            _ = try connection.run("DELETE FROM outbox WHERE postback_id = \(postback)")
        }
        try installation.createPostback(["conversionStatus": "done"])
        try installation.ask("updateConversionStatus", ["conversionId": 1, "status": "done"])
        for (more, isNamed) in [([:], true), (["everyAffiliate": false], false)] as [(JSON, Bool)] {
            let listed = try installation.ask(
                "listDeliveries", (["conversionId": 1, "order": "newest", "limit": 1] as JSON).merging(more))
            #expect((listed.at("deliveries.0.waitsFor.deliveryId") != nil) == isNamed, "\(listed)")
            let explained = try installation.ask("explainConversion", (["conversionId": 1] as JSON).merging(more))
            let waits = (explained.at("events.1.postbacks")?.items ?? []).contains { $0["waitsFor"] != nil }
            #expect(waits == isNamed, "\(explained)")
        }
    }

    @Test func `a search leaves out what concerns every affiliate or every offer`() throws {
        func found(_ text: JSON, _ more: JSON) throws -> [String] {
            (try installation.ask("findRecords", (["text": text] as JSON).merging(more))["matches"]?.items ?? [])
                .compactMap { $0["kind"]?.text }
        }
        let delivery = try #require(
            try installation.value("SELECT id AS value FROM outbox WHERE postback_id = \(network)").flatMap { Int($0) })
        _ = try installation.database.connect().run("UPDATE outbox SET id = 1000000 WHERE id = \(delivery)")
        let (one, other): (JSON, JSON) = (["everyAffiliate": false], ["everyOffer": false])
        #expect(try found(1_000_000, [:]) == ["delivery"])
        #expect(try found(1_000_000, one) == [] && found(1_000_000, other) == ["delivery"])
        #expect(try found(.integer(network), [:]).contains("postback"))
        #expect(try !found(.integer(network), one).contains("postback"))
        #expect(try found(.integer(everywhere), one).contains("postback"))
        #expect(try !found(.integer(everywhere), other).contains("postback"))
        #expect(try found(.integer(own), one.merging(other)).contains("postback"))
        #expect(try found("o", [:]) == ["offer"] && found("o", one) == [] && found("o", other) == ["offer"])
        #expect(try found("a", other) == [] && found("a", one) == ["affiliate"])
        // An offer concerns every affiliate, also if the search names it.
        #expect(try found("o", one.merging(["offerId": "o"])) == [])
        #expect(try found("a", other.merging(["affiliateId": "a"])) == [])
        let pair = one.merging(other).merging(["offerId": "o", "affiliateId": "a"])
        #expect(try found("o", pair) == ["offer"] && found("a", pair) == ["affiliate"])
        #expect(try found("o", pair.without("offerId")) == [] && found("a", pair.without("affiliateId")) == [])
    }
}
