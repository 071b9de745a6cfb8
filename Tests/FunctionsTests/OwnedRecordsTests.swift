import JSON
import Postgres
import TestSupport
import TestThreads
import Testing

/// Tests that every way in which a statement finds records applies the filters by offer, affiliate and kind: the limits of
/// keys rely on them.
@Suite(.ownThreads) struct OwnedRecordsTests {
    private typealias Delivery = OwnedRecords.Delivery
    private typealias Filter = (input: JSON, has: (Delivery) -> Bool)

    /// Filters by the records to which a delivery belongs. Each has a branch of its own in the statement.
    private func subjects(_ records: OwnedRecords) throws -> [Filter] {
        var subjects: [Filter] = [([:], { _ in true }), (["destination": "127.0.0.1:1"], { _ in true })]
        for postback in [
            try records.postback("o", "a"), try records.postback("o", nil), try records.postback(nil, "a"),
            try records.postback("p", "b"),
        ] {
            subjects.append((["postbackId": .integer(postback.id)], { $0.postback.id == postback.id }))
        }
        for pair in [("o", "a"), ("p", "b")] {
            let conversion = try #require(records.conversions.last { $0.offer == pair.0 && $0.affiliate == pair.1 })
            subjects.append((["conversionId": .integer(conversion.id)], { $0.conversion.id == conversion.id }))
            for delivery in records.deliveries where delivery.conversion.id == conversion.id {
                subjects.append((["deliveryId": .integer(delivery.id)], { $0.id == delivery.id }))
            }
        }
        subjects.append((["clickId": "shared"], { _ in true }))
        subjects.append((["transactionId": "a5"], { $0.conversion.transaction == "a5" }))
        return subjects
    }

    /// Filters by the result of a delivery.
    private let outcomes: [Filter] = [
        ([:], { _ in true }), (["state": "owed"], { $0.state == "owed" }), (["state": "dead"], { $0.state == "dead" }),
        (["state": "delivered"], { $0.state == "delivered" }), (["httpStatus": 200], { $0.status == 200 }),
        (["httpStatus": 409], { $0.status == 409 }), (["httpStatus": 503], { $0.status == 503 }),
        (["errorCode": "http_status"], { $0.error == "http_status" }),
        (["errorCode": "http_status", "state": "dead"], { $0.error == "http_status" && $0.state == "dead" }),
        (["errorCode": "http_status", "state": "delivered"], { $0.error == "http_status" && $0.state == "delivered" }),
    ]

    @Test func `deliveries are found for their owner alone, listed and resent`() throws {
        let records = try OwnedRecords()
        for owner in OwnedRecords.owners {
            #expect(records.deliveries.count == 60 && records.deliveries.contains(where: owner.has))
            var inputs: [JSON] = []
            var expected: [[Int]] = []
            for subject in try subjects(records) {
                for outcome in outcomes {
                    let ids = records.deliveries.filter { owner.has($0) && subject.has($0) && outcome.has($0) }.map(
                        \.id)
                    let input = subject.input.merging(outcome.input).merging(owner.input)
                    inputs += ["oldest", "newest"].map { input.merging(["limit": 1000, "order": .string($0)]) }
                    expected += [ids, ids.reversed()]
                }
            }
            let listed = try records.installation.ask("listDeliveries", all: inputs)
            for (input, (answer, ids)) in zip(inputs, zip(listed, expected)) {
                #expect(answer.ids("deliveries") == ids, "\(input.encodedText)")
            }
            // A filter without a condition is refused.
            let filters = zip(inputs, expected).filter { input, _ in
                input["order"] == "oldest"
                    && input.members.contains {
                        !["everyAffiliate", "limit", "order"].contains($0.name) && $0.value != .null
                    }
            }
            let resent = try records.installation.ask(
                "resendDeliveries",
                all: filters.map { filter in
                    ["filter": filter.0.without("limit", "order"), "force": true, "dryRun": true]
                }
            )
            for (filter, answer) in zip(filters, resent) {
                let count = [answer["resent"], answer["madeDue"]].compactMap { $0?.integer }.reduce(0, +)
                #expect(count == filter.1.count, "\(filter.0.encodedText): \(answer.encodedText)")
            }
        }
    }

    @Test(arguments: OwnedRecords.owners.filter { !$0.everyAffiliate })
    func `a resend enqueues its owner's deliveries alone`(owner: OwnedRecords.Owner) throws {
        let records = try OwnedRecords()
        try records.installation.ask(
            "resendDeliveries", ["filter": owner.input.merging(["errorCode": "http_status"]), "force": true])
        let finished = try records.installation.database.connect().run("SELECT id FROM deliveries ORDER BY id")
        let others = records.deliveries.filter { delivery in
            ["delivered", "dead"].contains(delivery.state) && !(owner.has(delivery) && delivery.error == "http_status")
        }
        #expect(finished.compactMap { $0.integer("id") } == others.map(\.id).sorted())
    }

    @Test func `conversions are listed for their owner alone`() throws {
        let records = try OwnedRecords()
        for owner in OwnedRecords.owners {
            let filters: [(input: JSON, has: (OwnedRecords.Conversion) -> Bool)] = [
                ([:], { _ in true }), (["clickId": "shared"], { _ in true }),
                (["transactionId": "a5"], { $0.transaction == "a5" }), (["goalId": "none"], { _ in false }),
                (["status": "pending"], { _ in true }), (["clickId": "shared", "status": "done"], { _ in false }),
            ]
            let answers = try records.installation.ask(
                "listConversions", all: filters.map { owner.input.without("everyAffiliate").merging($0.input) })
            for (filter, answer) in zip(filters, answers) {
                let expected = records.conversions.filter { owner.has($0) && filter.has($0) }
                #expect(
                    answer.ids("conversions") == expected.map(\.id), "\(owner) \(filter.input): \(answer.encodedText)")
            }
        }
    }

    @Test func `a search finds what belongs to its owner alone`() throws {
        let records = try OwnedRecords()
        for owner in OwnedRecords.owners {
            let texts = ["shared", "a5", "b5", "o", "p", "a", "b"] + (1...60).map(String.init)
            for everyOffer in [true, false] {
                let kinds: JSON = ["everyOffer": .bool(everyOffer)]
                let answers = try records.installation.ask(
                    "findRecords", all: texts.map { owner.input.merging(kinds).merging(["text": .string($0)]) })
                for (text, answer) in zip(texts, answers) {
                    let conversions = records.conversions.filter {
                        owner.has($0) && (text == "shared" || $0.transaction == text || String($0.id) == text)
                    }
                    let deliveries = records.deliveries.filter { owner.has($0) && String($0.id) == text }
                    let postbacks = records.postbacks.filter { postback in
                        String(postback.id) == text && owner.has(postback, everyOffer: everyOffer)
                    }
                    var expected = conversions.map { "conversion \($0.id)" } + deliveries.map { "delivery \($0.id)" }
                    expected += postbacks.map { "postback \($0.id)" }
                    if ["o", "p"].contains(text), text == owner.offer ?? text,
                        owner.everyAffiliate || !everyOffer && owner.offer != nil
                    {
                        expected.append("offer \(text)")
                    }
                    if ["a", "b"].contains(text), text == owner.affiliate ?? text,
                        everyOffer || !owner.everyAffiliate && owner.affiliate != nil
                    {
                        expected.append("affiliate \(text)")
                    }
                    let found = (answer["matches"]?.items ?? []).map { match in
                        "\(match["kind"]?.text ?? "") \(match["id"]?.text ?? match["id"]?.encodedText ?? "")"
                    }
                    #expect(found.sorted() == expected.sorted(), "\(owner) \(text) \(kinds): \(answer.encodedText)")
                }
            }
        }
    }

    @Test func `postbacks and their figures are shown to their owner alone`() throws {
        let records = try OwnedRecords()
        let since = try records.installation.value("SELECT rfc3339(min(since)) AS value FROM attempt_counts")
        for owner in OwnedRecords.owners {
            for everyOffer in [true, false] {
                let kinds: JSON = ["everyOffer": .bool(everyOffer)]
                let answer = try records.installation.ask("listPostbacks", owner.input.merging(kinds))
                let expected = records.postbacks.filter { owner.has($0, everyOffer: everyOffer) }
                #expect(answer.ids("postbacks") == expected.map(\.id), "\(owner) \(everyOffer)")
            }
            let answer = try records.installation.ask(
                "deliveryStatistics",
                owner.input.without("everyAffiliate").merging([
                    "bucket": "day", "by": "postback", "since": .optional(since),
                ]))
            let counted = records.postbacks.filter { postback in
                (owner.offer == nil || postback.offer == owner.offer)
                    && (owner.affiliate == nil || postback.affiliate == owner.affiliate)
            }
            #expect(
                (answer["series"]?.items ?? []).compactMap { $0["key"]?.text ?? $0["key"]?.encodedText }.sorted()
                    == counted.map { "\($0.id)" }.sorted(), "\(owner): \(answer.encodedText)")
        }
    }

    @Test func `a search is not crowded out by what belongs to others`() throws {
        let installation = try Installation.withOffer()
        try installation.database.connect().execute(
            script: """
                INSERT INTO affiliates (id, name) VALUES ('b', 'B');
                INSERT INTO offers (id, name) SELECT 'p' || i, 'P' FROM generate_series(1, 30) i;
                INSERT INTO offers (id, name) VALUES ('z', 'Z');
                INSERT INTO conversions (offer_id, affiliate_id, transaction_id, click_id, status, occurred_at)
                SELECT 'p' || i, 'b', 't', 'c', 'pending', now() FROM generate_series(1, 30) i;
                INSERT INTO conversions (offer_id, affiliate_id, transaction_id, click_id, status, occurred_at)
                VALUES ('z', 'a', 't', 'c', 'pending', now());
                """)
        for text in ["t", "c"] {
            for owner in [["affiliateId": "a"], ["offerId": "z"]] as [JSON] {
                let answer = try installation.ask("findRecords", owner.merging(["text": .string(text)]))
                #expect(answer["matches"]?.items.compactMap { $0["offerId"]?.text } == ["z"], "\(answer.encodedText)")
                #expect(answer["more"] == nil)
            }
        }
    }
}
