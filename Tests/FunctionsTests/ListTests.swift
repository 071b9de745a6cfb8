import JSON
import Postgres
import TestSupport
import Testing

/// listPostbacks and listDeliveries: filters and paging.
struct ListTests {
    private func ids(_ answer: JSON, _ list: String) -> [Int] {
        (answer[list]?.items ?? []).compactMap { $0["id"]?.integer }
    }

    /// All pages of a list, by their sizes and all their ids.
    private func pages(
        _ installation: Installation, _ function: String, _ list: String, limit: Int
    ) throws -> (sizes: [Int], ids: [Int]) {
        var after = JSON.null
        var sizes: [Int] = []
        var all: [Int] = []
        repeat {
            let page = try installation.ask(function, ["limit": .integer(limit), "after": after])
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
            (["conversionStatus": "done"], [3]), (["postbackId": 4], [4]), (["postbackId": 99], []),
            (["offerId": "none"], [6]),
            (["offerId": "p", "affiliateId": "a", "conversionStatus": "done"], [3]),
        ] as [(JSON, [Int])] {
            #expect(ids(try installation.ask("listPostbacks", filter), "postbacks") == expected, "\(filter)")
        }
    }

    @Test func `pages follow one another without a gap, and the last has no next`() throws {
        let installation = try Installation.withOffer()
        for _ in 1...5 { _ = try installation.createPostback() }
        try installation.record(["transactionId": "t"])
        for (function, list) in [("listPostbacks", "postbacks"), ("listDeliveries", "deliveries")] {
            let two = try pages(installation, function, list, limit: 2)
            #expect(two.sizes == [2, 2, 1])
            #expect(two.ids == [1, 2, 3, 4, 5])
            #expect(try pages(installation, function, list, limit: 5).sizes == [5])
            #expect(try pages(installation, function, list, limit: 1).sizes == [1, 1, 1, 1, 1])
            for wrong in [["limit": 0], ["limit": 1001], ["after": "page 2"], ["after": "p-1"], ["after": 5]] as [JSON]
            {
                #expect(try installation.refusal(of: function, wrong).code == "invalid_request")
            }
        }
    }

    @Test func `deliveries are filtered by conversion, postback, affiliate, state and time`() throws {
        let installation = try Installation.withOffer()
        try installation.ask("configureAffiliate", ["affiliateId": "b"])
        let one = try installation.createPostback(["affiliateId": "*"])
        let two = try installation.createPostback()
        try installation.record(["transactionId": "1"])
        try installation.record(["transactionId": "2", "affiliateId": "b"])
        let connection = try installation.database.connect()
        // One is finished, one was tried, one waits.
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
        ] as [(JSON, [Int])] {
            #expect(ids(try installation.ask("listDeliveries", filter), "deliveries") == expected, "\(filter)")
        }
        let dead = try installation.ask("listDeliveries", ["state": "dead"])
        #expect(dead.at("deliveries.0.attemptCount") == 8)
        #expect(dead.at("deliveries.0.finishedAt")?.text?.hasSuffix("Z") == true)
        #expect(dead.at("deliveries.0.destination") == "http://127.0.0.1:1")
        // `since` is inclusive, `until` is not.
        let owedAt = try #require(dead.at("deliveries.0.owedAt"))
        #expect(ids(try installation.ask("listDeliveries", ["since": owedAt, "state": "dead"]), "deliveries") == [1])
        #expect(ids(try installation.ask("listDeliveries", ["until": owedAt]), "deliveries") == [])
    }
}
