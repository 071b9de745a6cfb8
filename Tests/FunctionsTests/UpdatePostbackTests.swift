import JSON
import Postgres
import Receiver
import Store
import System
import TestSupport
import TestThreads
import Testing

@Suite(.ownThreads) struct UpdatePostbackTests {
    /// A value for each field that can be changed, none of them a default.
    private static let values: JSON = [
        "goalId": "g2", "conversionStatus": "done", "url": "http://127.0.0.1:2/changed?c={click_id}",
        "httpType": "POST(JSON)", "basicAuth": ["login": "ada", "password": "canary"],
        "requestParams": ["n": ["x": [1, "{payout:number}", nil]], "a": .number("1.50")],
        "requestHeaders": ["X-Plain": "{offer_id}", "X-Api-Key": "canary"],
        "signingSecret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "omitEmptyParams": true,
        "skipWhenEmpty": ["click_id"],
        "successWhen": ["statuses": ["200-204"], "bodyContains": "OK", "retry": true], "active": false,
        "sendOvertaken": true,
    ]

    @Test func `every field can be changed, and the answer is the postback as it would have been created`() throws {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback()
        let before = try installation.postback(id)
        let answer = try installation.ask("updatePostback", Self.values.merging(["postbackId": .integer(id)]))
        let updated = try #require(answer["postback"])
        #expect(updated == (try installation.postback(id)))
        let created = try installation.postback(try installation.createPostback(Self.values))
        let own = ["id", "version", "createdAt", "updatedAt"]
        func shared(_ postback: JSON) -> JSON { .object(postback.members.filter { !own.contains($0.name) }) }
        #expect(shared(updated) == shared(created))
        #expect(updated["id"] == before["id"])
        #expect(updated["version"] == 2)
        #expect(updated["createdAt"] == before["createdAt"])
        #expect(updated["updatedAt"]?.text ?? "" >= before["updatedAt"]?.text ?? "z")
        #expect(
            try installation.value("SELECT (updated_at > created_at)::text AS value FROM postbacks WHERE id = 1")
                == "true")
    }

    @Test func `what is left out stays as it is`() throws {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback(["requestParams": ["p": "{payout}"]])
        let names = ["goalId": "goal"]
        for (index, member) in Self.values.members.enumerated() {
            let before = try installation.postback(id)
            try installation.ask("updatePostback", .object([.init("postbackId", .integer(id)), member]))
            let after = try installation.postback(id)
            let name = names[member.name] ?? member.name
            #expect(after[name] != before[name], "\(name)")
            let derived = name == "goal" ? "goalApplies" : name
            #expect(
                after.without(name, derived, "version", "updatedAt")
                    == before.without(name, derived, "version", "updatedAt"), "\(name)")
            #expect(after["version"] == .integer(index + 2))
        }
    }

    @Test func `null clears, and what cannot be cleared is refused`() throws {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback(Self.values)
        let bare = try installation.createPostback([
            "conversionStatus": "done", "url": "http://127.0.0.1:2/changed?c={click_id}", "httpType": "POST(JSON)",
        ])
        var clearing: JSON = ["postbackId": .integer(id)]
        for name in [
            "goalId", "basicAuth", "requestParams", "requestHeaders", "signingSecret", "omitEmptyParams",
            "skipWhenEmpty", "successWhen", "active", "sendOvertaken",
        ] { clearing = clearing.merging(.object([.init(name, .null)])) }
        try installation.ask("updatePostback", clearing)
        #expect(
            try installation.postback(id).without("id", "version", "createdAt", "updatedAt")
                == (try installation.postback(bare).without("id", "version", "createdAt", "updatedAt")))
        #expect(
            try installation.value(
                "SELECT count(*) AS value FROM postbacks WHERE basic_auth IS NULL AND signing_secret IS NULL") == "2")
        for name in ["url", "httpType", "conversionStatus"] {
            let refusal = try installation.refusal(
                of: "updatePostback", .object([.init("postbackId", .integer(id)), .init(name, .null)]))
            #expect(refusal.code == "invalid_request")
            #expect(refusal.fields == [name])
        }
        #expect(try installation.postback(id)["version"] == 2)
    }

    @Test func `rules for several fields are checked together, and a fault changes nothing`() throws {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback(["requestHeaders": ["Authorization": "Basic x"]])
        let before = try installation.postback(id)
        for change in [
            ["basicAuth": ["login": "a", "password": "b"]], ["requestParams": ["nested": ["x": 1]]],
            ["url": "http://127.0.0.1:1/{clickid}"], ["url": "http://10.0.0.1/"], ["offerId": "o"],
            ["affiliateId": "a"],
        ] as [JSON] {
            let refusal = try installation.refusal(
                of: "updatePostback", change.merging(["postbackId": .integer(id), "active": false]))
            #expect(refusal.code == "invalid_request", "\(change)")
        }
        #expect(try installation.postback(id) == before)
    }

    @Test func `R3: a goal is set only while goals are on; other changes leave it, and null clears it at any time`()
        throws
    {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback(["goalId": "g1"])
        func update(_ change: JSON) throws -> FunctionCall {
            try installation.call("updatePostback", change.merging(["postbackId": .integer(id)]).encodedText)
        }
        #expect(try update(["goalId": "g3"]).code == "not_found")
        #expect(try update(["goalId": "g2"]).answer.at("postback.goal.id") == "g2")
        try installation.ask("configureOffer", ["offerId": "o", "goalsEnabled": false])
        for goal in ["g1", "g2", "g3"] as [JSON] {
            let refusal = try update(["goalId": goal, "active": false])
            #expect(refusal.code == "conflict")
            #expect(refusal.fields == ["goalId"])
        }
        let kept = try update(["conversionStatus": "done"]).answer
        #expect(kept.at("postback.goal.id") == "g2")
        #expect(kept.at("postback.goalApplies") == false)
        #expect(kept.at("postback.active") == true)
        #expect(try update(["goalId": nil]).answer.at("postback.goal") == .null)
        let everywhere = try installation.createPostback(["offerId": "*"])
        let refusal = try installation.refusal(
            of: "updatePostback", ["postbackId": .integer(everywhere), "goalId": "g1"])
        #expect(refusal.code == "invalid_request")
        #expect(refusal.fields == ["goalId"])
    }

    @Test func `two updates at once lose nothing`() throws {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback()
        let holder = try installation.database.connect()
        _ = try holder.run("BEGIN")
        _ = try holder.run("SELECT FROM postbacks FOR UPDATE")
        let updates = try [
            ["httpType": "POST(FORM)"], ["requestParams": ["a": "1"]], ["goalId": "g1"], ["omitEmptyParams": true],
        ].map { (change: JSON) in
            try installation.start("updatePostback", change.merging(["postbackId": .integer(id)]))
        }
        // All of them have read version 1.
        try installation.database.waitForLock(of: "updatePostback", sessions: updates.count)
        _ = try holder.run("COMMIT")
        for update in updates {
            #expect(try update.answer["error"] == nil)
            try update.wait()
        }
        let postback = try installation.postback(id)
        #expect(postback["version"] == 5)
        #expect(postback["httpType"] == "POST(FORM)")
        #expect(postback["requestParams"] == ["a": "1"])
        #expect(postback.at("goal.id") == "g1")
        #expect(postback["omitEmptyParams"] == true)
    }

    @Test func `a postback that is unknown or deleted cannot be changed`() throws {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback()
        try installation.ask("deletePostback", ["postbackId": .integer(id)])
        for id in [id, 99] {
            let refusal = try installation.refusal(
                of: "updatePostback", ["postbackId": .integer(id), "active": false])
            #expect(refusal.code == "not_found")
            #expect(refusal.fields == ["postbackId"])
        }
    }

    @Test func `an update warns as a creation does`() throws {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback(["goalId": "g1"])
        _ = try installation.createPostback(["goalId": "g2"])
        let answer = try installation.ask(
            "updatePostback", ["postbackId": .integer(id), "goalId": nil, "url": "http://127.0.0.1:1/"])
        #expect(
            answer["warnings"]?.items.compactMap { $0["code"]?.text } == [
                "overlap", "no_status", "no_macro", "no_click_id",
            ])
    }
}
