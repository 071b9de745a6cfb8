import JSON
import Postgres
import TestSupport
import TestThreads
import Testing

/// listPostbacks and listDeliveries: filters and paging.
@Suite(.ownThreads) struct ListTests {
    private func ids(_ answer: JSON, _ list: String) -> [Int] {
        (answer[list]?.items ?? []).compactMap { $0["id"]?.integer }
    }

    /// All pages of a list, by their sizes and all their ids.
    private func pages(
        _ installation: Installation, _ function: String, _ list: String, limit: Int, order: String? = nil
    ) throws -> (sizes: [Int], ids: [Int]) {
        var after = JSON.null
        var sizes: [Int] = []
        var all: [Int] = []
        repeat {
            let page = try installation.ask(
                function, ["limit": .integer(limit), "after": after, "order": .optional(order)])
            sizes.append(ids(page, list).count)
            all += ids(page, list)
            after = page["next"] ?? .null
        } while after != .null && sizes.count < 100
        return (sizes, all)
    }

    @Test func `postbacks are filtered by each field, and those for all offers or affiliates belong to each`() throws {
        let installation = try Installation.withOffer()
        try installation.configureOffer("p", goalsEnabled: true)
        try installation.ask("configureAffiliate", ["affiliateId": "b"])
        for more in [
            [:], ["goalId": "g1"], ["offerId": "p", "conversionStatus": "done"], ["affiliateId": "b"],
            ["affiliateId": "*"],
            ["offerId": "*", "affiliateId": "b"],
        ] as [JSON] { _ = try installation.createPostback(more) }
        for (filter, expected) in [
            ([:], [1, 2, 3, 4, 5, 6]), (["offerId": "o"], [1, 2, 4, 5, 6]), (["offerId": "p"], [3, 6]),
            (["affiliateId": "b"], [4, 5, 6]), (["affiliateId": "a"], [1, 2, 3, 5]), (["goalId": "g1"], [2]),
            (["conversionStatus": "done"], [3]), (["postbackId": 4], [4]), (["affiliateId": "*"], [5]),
            (["offerId": "p", "affiliateId": "a", "conversionStatus": "done"], [3]),
        ] as [(JSON, [Int])] {
            #expect(ids(try installation.ask("listPostbacks", filter), "postbacks") == expected, "\(filter)")
        }
        try installation.ask("deletePostback", ["postbackId": 2])
        for (filter, field) in [
            (["postbackId": 99], "postbackId"), (["postbackId": 2], "postbackId"), (["offerId": "none"], "offerId"),
            (["affiliateId": "nobody", "offerId": "o"], "affiliateId"),
        ] as [(JSON, String)] {
            let refusal = try installation.refusal(of: "listPostbacks", filter)
            #expect(refusal.code == "not_found" && refusal.fields == [field], "\(refusal.text)")
        }
    }

    @Test func `postbacks are found by where they lead, and by whether they are on or paused`() throws {
        let installation = try Installation.withOffer()
        for more in [
            ["url": "https://one.example/p?c={click_id}"], ["url": "http://ONE.example/p"],
            ["url": "https://one.example:8443/"],
            ["url": "https://two.example/", "active": false],
        ] as [JSON] { _ = try installation.createPostback(more) }
        _ = try installation.database.connect().run(
            "UPDATE postbacks SET paused_at = now(), paused_reason = 'test' WHERE id = 2")
        for (filter, expected) in [
            (["active": true], [1, 2, 3]), (["active": false], [4]), (["paused": true], [2]),
            (["paused": false], [1, 3, 4]),
            (["destination": "one.example"], [1, 2]), (["destination": "https://one.example"], [1]),
            (["destination": "http://one.example:80/any/path"], [2]), (["destination": "one.example:8443"], [3]),
            (["destination": "one.example", "paused": true], [2]), (["destination": "three.example"], []),
            (["order": "newest"], [4, 3, 2, 1]),
        ] as [(JSON, [Int])] {
            #expect(ids(try installation.ask("listPostbacks", filter), "postbacks") == expected, "\(filter)")
        }
        let wrong = try installation.refusal(of: "listPostbacks", ["destination": "one example", "paused": "yes"])
        #expect(wrong.code == "invalid_request" && wrong.fields == ["paused", "destination"], "\(wrong.text)")
    }

    @Test func `pages follow one another without a gap, and the last has no next`() throws {
        let installation = try Installation.withOffer()
        for _ in 1...5 { _ = try installation.createPostback() }
        try installation.record(["transactionId": "t"])
        for (function, list) in [("listPostbacks", "postbacks"), ("listDeliveries", "deliveries")] {
            let two = try pages(installation, function, list, limit: 2)
            #expect(two.sizes == [2, 2, 1])
            #expect(two.ids == [1, 2, 3, 4, 5])
            #expect(try pages(installation, function, list, limit: 2, order: "newest").ids == [5, 4, 3, 2, 1])
            #expect(try pages(installation, function, list, limit: 5).sizes == [5])
            #expect(try pages(installation, function, list, limit: 1).sizes == [1, 1, 1, 1, 1])
            for wrong in [["limit": 0], ["limit": 1001], ["after": "page 2"], ["after": "p-1"], ["after": 5]] as [JSON]
            {
                #expect(try installation.refusal(of: function, wrong).code == "invalid_request")
            }
        }
    }

    @Test func `deliveries are filtered by each field, in both orders`() throws {
        let installation = try Installation.withOffer()
        try installation.configureOffer("p", goalsEnabled: false)
        try installation.ask("configureAffiliate", ["affiliateId": "b"])
        let one = try installation.createPostback(["affiliateId": "*"])
        let two = try installation.createPostback()
        try installation.record(["transactionId": "1", "clickId": "c"])
        try installation.record(["transactionId": "2", "affiliateId": "b", "clickId": "c"])
        let connection = try installation.database.connect()
        // One delivery is finished, one was tried, one waits.
        try connection.execute(
            script: """
                INSERT INTO deliveries SELECT id, event_id, conversion_id, sequence, postback_id, destination_id, 'dead', 8,
                    'timeout', 8, owed_at - interval '1 day', now() FROM outbox WHERE id = 1;
                DELETE FROM outbox WHERE id = 1;
                UPDATE outbox SET attempt = 1 WHERE id = 2
                """)
        for (filter, expected) in [
            ([:], [1, 2, 3]), (["conversionId": 1], [1, 2]), (["conversionId": 2], [3]),
            (["postbackId": .integer(one)], [1, 3]),
            (["postbackId": .integer(two)], [2]), (["affiliateId": "b"], [3]), (["state": "dead"], [1]),
            (["state": "retrying"], [2]),
            (["state": "owed"], [3]), (["state": "delivered"], []), (["until": "2020-01-01T00:00:00Z"], []),
            (["since": "2020-01-01T00:00:00Z"], [1, 2, 3]), (["affiliateId": "a", "state": "dead"], [1]),
            (["deliveryId": 1], [1]), (["deliveryId": 2], [2]), (["deliveryId": 1, "state": "owed"], []),
            (["offerId": "o"], [1, 2, 3]), (["offerId": "p"], []), (["offerId": "o", "state": "dead"], [1]),
            (["transactionId": "1"], [1, 2]), (["transactionId": "none"], []), (["clickId": "c"], [1, 2, 3]),
            (["clickId": "c", "transactionId": "2"], [3]), (["clickId": "c", "affiliateId": "b"], [3]),
            (["transactionId": "1", "conversionId": 2], []), (["offerId": "p", "transactionId": "1"], []),
            (["offerId": "o", "affiliateId": "b", "postbackId": .integer(one)], [3]),
            (["affiliateId": "b", "postbackId": .integer(two)], []), (["offerId": "o", "affiliateId": "a"], [1, 2]),
            (["postbackId": .integer(one), "state": "dead", "since": "2020-01-01T00:00:00Z"], [1]),
        ] as [(JSON, [Int])] {
            let newest = filter.merging(["order": "newest"])
            #expect(ids(try installation.ask("listDeliveries", filter), "deliveries") == expected, "\(filter)")
            #expect(
                ids(try installation.ask("listDeliveries", newest), "deliveries") == expected.reversed(), "\(newest)")
        }
        for (filter, fields) in [
            (["offerId": "x", "affiliateId": "y"], ["offerId", "affiliateId"]), (["postbackId": 99], ["postbackId"]),
            (["conversionId": 99], ["conversionId"]), (["deliveryId": 99], ["deliveryId"]),
        ] as [(JSON, [String])] {
            let refusal = try installation.refusal(of: "listDeliveries", filter)
            #expect(refusal.code == "not_found" && refusal.fields == fields, "\(refusal.text)")
        }
        let dead = try installation.ask("listDeliveries", ["state": "dead"])
        #expect(dead.at("deliveries.0.attemptCount") == 8)
        #expect(dead.at("deliveries.0.finishedAt")?.text?.hasSuffix("Z") == true)
        #expect(dead.at("deliveries.0.destination") == "http://127.0.0.1:1")
        // `since` is inclusive, `until` is not.
        let owedAt = try #require(dead.at("deliveries.0.owedAt"))
        #expect(ids(try installation.ask("listDeliveries", ["since": owedAt, "state": "dead"]), "deliveries") == [1])
        #expect(ids(try installation.ask("listDeliveries", ["until": owedAt]), "deliveries") == [])
        let newest: JSON = ["order": "newest", "since": owedAt]
        #expect(ids(try installation.ask("listDeliveries", newest), "deliveries") == [3, 2, 1])
        #expect(ids(try installation.ask("listDeliveries", ["order": "newest", "until": owedAt]), "deliveries") == [])
        #expect(dead.at("deliveries.0.offerId") == "o" && dead.at("deliveries.0.affiliateId") == "a")
    }
}
