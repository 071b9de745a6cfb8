import JSON
import POSIX
import Postgres
import Receiver
import Store
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

    @Test func `secrets that are not given stay sealed as they were, also without the key, and still open`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.withOffer()
        let secrets: JSON = [
            "url": .string(receiver.url), "basicAuth": ["token": "canary-token", "scheme": "Bearer"],
            "requestHeaders": ["X-Api-Key": "canary-key"],
            "signingSecret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        ]
        let id = try installation.createPostback(secrets)
        let columns: Query =
            "SELECT basic_auth || '|' || (request_headers -> 'X-Api-Key')::text || '|' || signing_secret AS value FROM postbacks WHERE id = 1"
        let sealed = try installation.value(columns)
        let call = try installation.call(
            "updatePostback",
            (["postbackId": .integer(id), "url": .string("\(receiver.url)/{status}")] as JSON).encodedText,
            environment: ["POSTBACKS_ENCRYPTION_KEY": ""])
        #expect(call.status == .exited(0), "\(call.text)\(call.log)")
        #expect(call.answer.at("postback.basicAuth") == ["token": "***", "scheme": "Bearer"])
        #expect(sealed?.contains("sealed") == true)
        #expect(try installation.value(columns) == sealed)
        // A new one needs the key, and replaces only itself.
        let new: JSON = ["postbackId": .integer(id), "basicAuth": ["token": "canary-new", "scheme": "Bearer"]]
        let keyless = try installation.call(
            "updatePostback", new.encodedText, environment: ["POSTBACKS_ENCRYPTION_KEY": ""])
        #expect(keyless.code == "misconfigured")
        #expect(keyless.message.contains("POSTBACKS_ENCRYPTION_KEY"))
        let answer = try installation.ask("updatePostback", new)
        #expect(!answer.encodedText.contains("canary"))
        try installation.record(["t"])
        try installation.deliver(try installation.claim())
        let request = try #require(receiver.requests.first)
        #expect(request.header("Authorization") == "Bearer canary-new")
        #expect(request.header("X-Api-Key") == "canary-key")
        #expect(request.header("webhook-signature")?.hasPrefix("v1,") == true)
    }

    @Test func `to another origin secrets are sealed anew, which needs the key, and still open`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.withOffer()
        let id = try installation.createPostback([
            "basicAuth": ["token": "canary-token", "scheme": "Bearer"], "requestHeaders": ["X-Api-Key": "canary-key"],
            "signingSecret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "requestParams": ["sig": "canary-param"],
        ])
        let columns: Query =
            "SELECT concat_ws('|', version, url, basic_auth, request_params, request_headers, signing_secret) AS value FROM postbacks"
        let sealed = try installation.value(columns) ?? ""
        let update: JSON = ["postbackId": .integer(id), "url": .string("\(receiver.url)/{status}")]
        let keyless = try installation.call(
            "updatePostback", update.encodedText, environment: ["POSTBACKS_ENCRYPTION_KEY": ""])
        #expect(keyless.code == "misconfigured")
        #expect(keyless.message.contains("POSTBACKS_ENCRYPTION_KEY"))
        #expect(try installation.value(columns) == sealed)
        let answer = try installation.ask("updatePostback", update)
        #expect(!answer.encodedText.contains("canary"))
        #expect(try installation.value(columns) != sealed)
        try installation.record(["t"])
        try installation.deliver(try installation.claim())
        let request = try #require(receiver.requests.first)
        #expect(request.header("Authorization") == "Bearer canary-token")
        #expect(request.header("X-Api-Key") == "canary-key")
        #expect(request.header("webhook-signature")?.hasPrefix("v1,") == true)
        #expect(request.target.hasSuffix("?sig=canary-param"))
        // One that does not open hinders it until it is given anew.
        _ = try installation.database.connect().run(
            "UPDATE postbacks SET basic_auth = '{\"token\":{\"sealed\":\"nonsense\"},\"scheme\":\"Bearer\"}'")
        let back: JSON = ["postbackId": .integer(id), "url": "http://127.0.0.1:1/"]
        let refusal = try installation.refusal(of: "updatePostback", back)
        #expect(refusal.code == "invalid_request")
        #expect(refusal.fields == ["url"])
        try installation.ask("updatePostback", back.merging(["basicAuth": ["token": "bmV3"]]))
    }

    @Test func `params that an earlier version stored in plain stay without the key, and are sealed with it`() throws {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback(["requestParams": ["n": 1]])
        _ = try installation.database.connect().run(
            #"UPDATE postbacks SET request_params = '{"api_key":"canary"}'"#)
        let columns: Query = "SELECT request_params::text AS value FROM postbacks"
        let update: JSON = ["postbackId": .integer(id), "active": true]
        let keyless = try installation.call(
            "updatePostback", update.encodedText, environment: ["POSTBACKS_ENCRYPTION_KEY": ""])
        #expect(keyless.answer.at("postback.requestParams.api_key") == "***", "\(keyless.text)")
        #expect(try installation.value(columns) == #"{"api_key":"canary"}"#)
        let answer = try installation.ask("updatePostback", update)
        #expect(answer.at("postback.requestParams.api_key") == "***")
        #expect(try installation.value(columns)?.hasPrefix(#"{"api_key":{"sealed":"v2."#) == true)
    }

    @Test func `a masked secret that is sent back as it was answered does not replace the secret`() throws {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback([
            "basicAuth": ["login": "ada", "password": "canary"], "requestHeaders": ["X-Api-Key": "canary"],
            "signingSecret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "requestParams": ["key": "canary"],
        ])
        let before = try installation.value("SELECT md5(p::text) AS value FROM postbacks p")
        let listed = try installation.postback(id)
        for name in ["basicAuth", "requestHeaders", "signingSecret", "requestParams"] {
            let change = JSON.object([.init("postbackId", .integer(id)), .init(name, listed[name] ?? .null)])
            let refusal = try installation.refusal(of: "updatePostback", change)
            #expect(refusal.code == "invalid_request")
            #expect(refusal.fields.allSatisfy { $0.hasPrefix(name) })
        }
        #expect(try installation.value("SELECT md5(p::text) AS value FROM postbacks p") == before)
    }

    @Test func `what the fields are only together is judged together, and then nothing is changed`() throws {
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

    @Test func `R8: a repaired URL repairs what is owed, also when it leads to another destination`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.withOffer()
        let id = try installation.createPostback()
        try installation.record(["tried", "in-flight", "owed"])
        try installation.settle(try installation.claim(1), ["outcome": "retry", "retryInSeconds": 0])
        let inFlight = try installation.claim(1)
        try installation.ask(
            "updatePostback",
            ["postbackId": .integer(id), "url": .string("\(receiver.url)/{transaction_id}/{status}")])
        try installation.settle(inFlight, ["outcome": "retry", "retryInSeconds": 0])
        try installation.mend()
        #expect(Set(try installation.deliveries().compactMap { $0["destination"]?.text }) == [receiver.url])
        #expect(try installation.deliver(try installation.claim()).count == 3)
        #expect(Set(receiver.requests.map(\.target)) == ["/tried/pending", "/in-flight/pending", "/owed/pending"])
        #expect(try installation.states() == ["delivered", "delivered", "delivered"])
        let versions = try installation.deliveries().flatMap { $0["attempts"]?.items ?? [] }.compactMap {
            $0["postbackVersion"]?.integer
        }
        #expect(versions.sorted() == [1, 1, 2, 2, 2])
    }

    @Test func `R8: what was recorded in the moment of the update goes to the new destination too`() throws {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback()
        let connection = try installation.holdUp()
        let recording = try installation.start("recordConversion", Installation.conversion(["transactionId": "t"]))
        try waitUntil("the recording waits") { try connection.waiting("recordConversion") != nil }
        try installation.ask("updatePostback", ["postbackId": .integer(id), "url": "http://127.0.0.1:2/{status}"])
        try connection.release()
        #expect(try recording.answer.fired == [id])
        try recording.wait()
        try installation.mend()
        #expect(try installation.deliveries().compactMap { $0["destination"]?.text } == ["http://127.0.0.1:2"])
    }

    @Test func `R13: resume sends all that was held, in order`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.withOffer()
        let url: JSON = ["url": .string("\(receiver.url)/{transaction_id}/{status}")]
        let id = try installation.createPostback(url)
        _ = try installation.createPostback(url.merging(["conversionStatus": "done"]))
        try installation.record(["gone"])
        try installation.record(["a"])
        try installation.record(["b"])
        try installation.settle(try installation.claim(1), ["outcome": "failed", "pausePostback": true])
        try installation.record(["c"])
        #expect(try installation.postback(id).at("paused.reason")?.text?.isEmpty == false)
        #expect(try installation.states(["postbackId": .integer(id)]) == ["failed", "held", "held", "held"])
        // A change without resume leaves it paused.
        try installation.ask("updatePostback", ["postbackId": .integer(id), "active": true])
        #expect(try installation.claim().isEmpty)
        try installation.update(["offerId": "o", "transactionId": "b", "status": "done"])
        let answer = try installation.ask("updatePostback", ["postbackId": .integer(id), "resume": true])
        #expect(answer.at("postback.paused") == .null)
        let claims = try installation.claim()
        #expect(claims.map(\.delivery) == [2, 3, 4])
        try installation.deliver(claims)
        // What came later was to wait for what was held, and need not any more.
        try installation.mend()
        try installation.deliver(try installation.claim())
        #expect(Set(receiver.requests.prefix(3).map(\.target)) == ["/a/pending", "/b/pending", "/c/pending"])
        #expect(receiver.requests.map(\.target).last == "/b/done")
        #expect(try installation.count("outbox") == 0)
    }

    @Test(
        arguments: [
            ["url": ["http://127.0.0.1:2/{status}", "http://127.0.0.1:3/{status}"]],
            ["basicAuth": [["login": "a", "password": "b"], ["login": "a", "password": "c"]]],
            ["requestParams": [["a": "1"], ["a": "2"]]], ["requestHeaders": [["X-A": "1"], ["X-A": "2"]]],
        ] as [JSON])
    func `what waits for a retry is due at once when the request has changed, unless retryNow is false`(
        changes: JSON
    ) throws {
        let (name, values) = (changes.members[0].name, changes.members[0].value.items)
        let installation = try Installation.withOffer()
        let id = try installation.createPostback()
        let update: JSON = ["postbackId": .integer(id)]
        try installation.record(["tried", "in-flight"])
        try installation.settle(try installation.claim(1), ["outcome": "retry", "retryInSeconds": 3600])
        let inFlight = try installation.claim(1)
        #expect(inFlight.map(\.delivery) == [2])
        // What does not change the request, or is what it was, hurries nothing.
        try installation.ask("updatePostback", update.merging(["active": true, "conversionStatus": "pending"]))
        try installation.ask("updatePostback", update.merging(["url": "http://127.0.0.1:1/?s={status}"]))
        try installation.ask(
            "updatePostback", update.merging(.object([.init(name, values[0])])).merging(["retryNow": false]))
        #expect(try installation.claim().isEmpty)
        try installation.ask("updatePostback", update.merging(.object([.init(name, values[1])])))
        #expect(try installation.claim().map(\.delivery) == [1])
    }

    @Test func `two updates at once lose nothing`() throws {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback()
        let connection = try installation.database.connect()
        let holder = try installation.database.connect()
        _ = try holder.run("BEGIN")
        _ = try holder.run("SELECT FROM postbacks FOR UPDATE")
        let updates = try [
            ["httpType": "POST(FORM)"], ["requestParams": ["a": "1"]], ["goalId": "g1"], ["omitEmptyParams": true],
        ].map { (change: JSON) in
            try installation.start("updatePostback", change.merging(["postbackId": .integer(id)]))
        }
        // All of them have read the first version.
        try waitUntil("the updates wait") { try connection.allWaiting("updatePostback").count == updates.count }
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
