import JSON
import Postgres
import TestSupport
import TestThreads
import Testing

/// listOffers, listAffiliates and listConversions: filters and paging.
@Suite(.ownThreads) struct ListConfigurationTests {
    private static let lists = [
        (function: "listOffers", list: "offers", configure: "configureOffer", id: "offerId"),
        (function: "listAffiliates", list: "affiliates", configure: "configureAffiliate", id: "affiliateId"),
    ]

    private func names(_ answer: JSON, _ list: String) -> [String] {
        (answer[list]?.items ?? []).compactMap { $0["id"]?.text }
    }

    @Test(arguments: [0, 1])
    func `pages of offers and affiliates follow one another, also while others are added`(index: Int) throws {
        let installation = try Installation.make()
        let (function, list, configure, id) = Self.lists[index]
        // Ids of every kind, some of which differ only in their order.
        let ids = ["a", "B", "10", "9", "a b", "é", "e\u{301}", "'; --", "ab", "%", "😀"]
        for name in ids { try installation.ask(configure, .object([.init(id, .string(name))])) }
        let all = names(try installation.ask(function, [:]), list)
        #expect(all.sorted() == ids.sorted())
        #expect(try installation.ask(function, ["limit": .integer(ids.count)])["next"] == .null)
        var seen: [String] = []
        var after = JSON.null
        repeat {
            let page = try installation.ask(function, ["limit": 2, "after": after])
            seen += names(page, list)
            after = page["next"] ?? .null
            // One that belongs on the first page is added, and one that was shown already is changed.
            try installation.ask(configure, .object([.init(id, .string("!\(seen.count)"))]))
            try installation.ask(configure, .object([.init(id, .string(seen[0])), .init("name", "renamed")]))
        } while after != .null && seen.count < 100
        #expect(seen.filter { !$0.hasPrefix("!") } == all)
        #expect(Set(seen.map { Array($0.utf8) }).count == seen.count)
    }

    @Test(arguments: [0, 1])
    func `offers and affiliates are also listed in the order in which they were made, from either end`(index: Int)
        throws
    {
        let installation = try Installation.make()
        let (function, list, configure, id) = Self.lists[index]
        let ids = ["m", "a", "z", "k", "b"]
        for name in ids { try installation.ask(configure, .object([.init(id, .string(name))])) }
        for (order, expected) in [("oldest", ids), ("newest", ids.reversed())] {
            var seen: [String] = []
            var after = JSON.null
            repeat {
                let page = try installation.ask(function, ["limit": 2, "order": .string(order), "after": after])
                seen += names(page, list)
                after = page["next"] ?? .null
            } while after != .null && seen.count < 100
            #expect(seen == expected)
        }
        // A cursor of one order is invalid in the other.
        let next = try installation.ask(function, ["limit": 2])["next"] ?? .null
        #expect(try installation.refusal(of: function, ["order": "newest", "after": next]).fields == ["after"])
    }

    @Test(arguments: [0, 1])
    func `what is listed is what configuring answered`(index: Int) throws {
        let installation = try Installation.make()
        let (function, list, configure, id) = Self.lists[index]
        #expect(try installation.ask(function, [:]) == .object([.init(list, []), .init("next", .null)]))
        var more: JSON = ["name": "Name"]
        if index == 0 {
            more = more.merging(["goalsEnabled": true, "goals": [["id": "z"], ["id": "a", "name": "A"]]])
        }
        let answer = try installation.ask(configure, .object([.init(id, "x")]).merging(more))
        #expect(try installation.ask(function, [:]).at("\(list).0") == answer[String(list.dropLast())])
    }

    @Test(arguments: [0, 1])
    func `one is listed by its id, and an id that does not exist is named`(index: Int) throws {
        let installation = try Installation.make()
        let (function, list, configure, id) = Self.lists[index]
        for name in ["a", "b", "ab"] { try installation.ask(configure, .object([.init(id, .string(name))])) }
        for more in [[:], ["order": "newest"], ["limit": 1]] as [JSON] {
            let page = try installation.ask(function, .object([.init(id, " b ")]).merging(more))
            #expect(names(page, list) == ["b"] && page["next"] == .null, "\(page)")
        }
        #expect(names(try installation.ask(function, .object([.init(id, .null)])), list) == ["a", "ab", "b"])
        let refusal = try installation.refusal(of: function, .object([.init(id, "c")]))
        #expect(refusal.code == "not_found" && refusal.fields == [id])
    }

    @Test(arguments: ["listOffers", "listAffiliates", "listConversions"])
    func `a wrong limit or after is refused, also another list's`(function: String) throws {
        let installation = try Installation.make()
        for (wrong, field) in [
            (["limit": 0], "limit"), (["limit": 1001], "limit"), (["limit": "ten"], "limit"),
            (["after": "page 2"], "after"),
            (["after": 5], "after"), (["after": " "], "after"), (["after": "AA=="], "after"),
            (["before": "YQ=="], "before"),
        ] as [(JSON, String)] {
            let refusal = try installation.refusal(of: function, wrong)
            #expect(refusal.code == "invalid_request", "\(wrong)")
            #expect(refusal.fields == [field], "\(wrong)")
        }
        // "YWJj" is a cursor of a list by names, not by numbers.
        if function == "listConversions" {
            #expect(try installation.refusal(of: function, ["after": "YWJj"]).fields == ["after"])
        }
    }

    @Test func `conversions are filtered by each field`() throws {
        let installation = try Installation.withOffer()
        try installation.configureOffer("p", goalsEnabled: false)
        try installation.ask("configureAffiliate", ["affiliateId": "b"])
        for more in [
            ["transactionId": "t1", "clickId": "c1"], ["transactionId": "t2", "clickId": "c1", "goalId": "g1"],
            ["transactionId": "t1", "offerId": "p", "affiliateId": "b"], ["clickId": "c4", "status": "rejected"],
        ] as [JSON] { try installation.record(more) }
        try installation.update(["offerId": "p", "transactionId": "t1", "status": "done"])
        // The third was recorded an hour ago.
        _ = try installation.database.connect().run(
            "UPDATE conversions SET created_at = date_trunc('second', now() - interval '1 hour'), occurred_at = now() WHERE id = 3"
        )
        func found(_ filter: JSON) throws -> [Int] {
            try installation.ask("listConversions", filter).ids("conversions")
        }
        let third = try installation.ask("listConversions", ["offerId": "p"]).at("conversions.0")
        let recorded = try #require(third?["createdAt"])
        for (filter, expected) in [
            ([:], [3, 1, 2, 4]), (["offerId": "o"], [1, 2, 4]), (["offerId": "p"], [3]), (["affiliateId": "b"], [3]),
            (["goalId": "g1"], [2]), (["goalId": "g2"], []), (["status": "pending"], [1, 2]), (["status": "done"], [3]),
            (["status": "rejected"], [4]), (["transactionId": "t1"], [3, 1]), (["clickId": "c1"], [1, 2]),
            (["transactionId": "t1", "offerId": "o"], [1]), (["since": recorded], [3, 1, 2, 4]),
            (["until": recorded], []), (["since": "2020-01-01T00:00:00Z", "until": "2021-01-01T00:00:00Z"], []),
            (["clickId": "none"], []), (["clickId": "c1", "goalId": "g1", "affiliateId": "a"], [2]),
        ] as [(JSON, [Int])] { #expect(try found(filter) == expected, "\(filter)") }
        let half = try #require(try installation.value("SELECT rfc3339(now() - interval '30 minutes') AS value"))
        #expect(try found(["since": .string(half)]) == [1, 2, 4])
        #expect(try found(["until": .string(half)]) == [3])
        #expect(try installation.refusal(of: "listConversions", ["status": "approved"]).fields == ["status"])
        let unknown = try installation.refusal(of: "listConversions", ["offerId": "none", "affiliateId": "nobody"])
        #expect(unknown.code == "not_found" && unknown.fields == ["offerId", "affiliateId"], "\(unknown.text)")
    }

    @Test func `a listed conversion is as it stands now`() throws {
        let installation = try Installation.withOffer()
        try installation.record(["transactionId": "t", "goalId": "g1", "payout": "1.50", "params": ["sub1": "x"]])
        let updated = try installation.update([
            "conversionId": 1, "status": "done", "payout": "2.50", "statusReason": "paid",
        ])
        let listed = try installation.ask("listConversions", [:])
        #expect(listed.at("conversions.0") == updated["conversion"])
        #expect(listed.at("conversions.0.payout") == "2.50")
        #expect(listed.at("conversions.0.goal") == ["id": "g1", "name": "Install"])
    }

    @Test func `pages of conversions follow one another, also while others are recorded`() throws {
        let installation = try Installation.withOffer()
        try installation.record((1...5).map { "t\($0)" })
        var after = JSON.null
        var seen: [Int] = []
        repeat {
            let page = try installation.ask("listConversions", ["limit": 2, "after": after, "offerId": "o"])
            seen += page.ids("conversions")
            after = page["next"] ?? .null
            if seen.count == 2 { try installation.record(["more"]) }
        } while after != .null && seen.count < 100
        #expect(seen == [1, 2, 3, 4, 5, 6])
    }
}
