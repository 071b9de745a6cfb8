import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

@Suite(.ownThreads) struct CreatePostbackTests {
    @Test func `the answer is the postback as it is listed`() throws {
        let installation = try Installation.withOffer()
        let input = Installation.postback([
            "goalId": "g1", "httpType": "POST(JSON)",
            "requestParams": ["b": ["x": [1, "{payout}", nil]], "a": .number("1.50")],
            "omitEmptyParams": true, "skipWhenEmpty": ["click_id"],
            "successWhen": ["statuses": ["200-204"], "bodyContains": "OK", "retry": true],
        ])
        let answer = try installation.ask("createPostback", input)
        let postback = try #require(answer["postback"])
        #expect(
            postback
                == (try installation.ask("listPostbacks", ["postbackId": postback["id"] ?? .null]).at("postbacks.0")))
        #expect(postback["offer"] == ["id": "o", "name": "o"])
        #expect(postback["affiliate"] == ["id": "a", "name": "Ada"])
        #expect(postback["goal"] == ["id": "g1", "name": "Install"])
        #expect(postback["goalApplies"] == true)
        #expect(postback["active"] == true)
        #expect(postback["paused"] == .null)
        #expect(postback["version"] == 1)
        #expect(postback.at("requestParams.b.x") == [1, "{payout}", nil])
        #expect(postback.at("requestParams.a") == .number("1.50"))
        #expect(postback["createdAt"]?.text?.hasSuffix("Z") == true)
    }

    @Test func `an idempotency key with the same input answers the same postback, whatever the order of its members`()
        throws
    {
        let installation = try Installation.withOffer()
        let input = Installation.postback(["idempotencyKey": "k", "requestParams": ["a": "1", "b": "2"]])
        let first = try installation.ask("createPostback", input)
        guard case .object(let members) = input else { return }
        let again = try installation.ask(
            "createPostback",
            .object(members.reversed()).merging(["requestParams": ["b": "2", "a": "1"]]))
        #expect(again["postback"] == first["postback"])
        #expect(try installation.count("postbacks") == 1)
        #expect(try installation.createPostback(["idempotencyKey": "other"]) != first.at("postback.id")?.integer)
    }

    @Test func `an idempotency key with another input is a conflict, a secret's change included`() throws {
        let installation = try Installation.withOffer()
        let open = Installation.postback(["idempotencyKey": "k1"])
        let secret = Installation.postback(["idempotencyKey": "k2", "basicAuth": ["login": "l", "password": "one"]])
        for input in [open, secret] { try installation.ask("createPostback", input) }
        for change in [
            ["basicAuth": ["login": "l", "password": "two"]], ["url": "http://127.0.0.1:1/?s={status}&x"],
            ["active": false],
            ["conversionStatus": "done"], ["goalId": "g1"],
        ] as [JSON] {
            for input in [open, secret] {
                let refusal = try installation.refusal(of: "createPostback", input.merging(change))
                #expect(refusal.code == "conflict")
                #expect(refusal.fields == ["idempotencyKey"])
            }
        }
        #expect(try installation.count("postbacks") == 2)
    }

    @Test func `an idempotency key answers the same postback when defaults are written out, or are not any more`()
        throws
    {
        let installation = try Installation.make()
        try installation.ask("configureOffer", ["offerId": "7"])
        try installation.ask("configureAffiliate", ["affiliateId": "8"])
        let terse: JSON = [
            "offerId": 7, "affiliateId": "8", "conversionStatus": "done", "url": "http://127.0.0.1:1/?c={click_id}",
            "httpType": "GET", "basicAuth": ["token": "abc"], "requestHeaders": ["X-Api-Key": "canary"],
        ]
        let defaults: JSON = [
            "offerId": "7", "affiliateId": 8, "goalId": nil, "requestParams": [:], "signingSecret": nil, "active": true,
            "omitEmptyParams": false, "skipWhenEmpty": [], "sendOvertaken": false,
            "successWhen": ["statuses": ["200-299"], "bodyContains": nil, "retry": false],
            "basicAuth": ["token": "abc", "scheme": "Basic"],
        ]
        for (key, first, second) in [
            ("terse", terse, terse.merging(defaults)), ("written out", terse.merging(defaults), terse),
        ] as [(JSON, JSON, JSON)] {
            let made = try installation.ask("createPostback", first.merging(["idempotencyKey": key]))
            let again = try installation.ask("createPostback", second.merging(["idempotencyKey": key]))
            #expect(again["postback"] == made["postback"])
            #expect(again["duplicate"] == true)
            for change in [
                ["active": false], ["sendOvertaken": true], ["basicAuth": ["token": "abd"]],
                ["requestHeaders": ["X-Api-Key": "canary2"]], ["successWhen": ["retry": true]],
                ["omitEmptyParams": true], ["requestParams": ["a": ""]],
            ] as [JSON] {
                let other = second.merging(change).merging(["idempotencyKey": key])
                #expect(try installation.refusal(of: "createPostback", other).code == "conflict", "\(change)")
            }
        }
        #expect(try installation.count("postbacks") == 2)
    }

    @Test func `an idempotency key that an earlier version has stored is still recognised`() throws {
        let installation = try Installation.withOffer()
        let input = Installation.postback(["active": true, "successWhen": nil])
        let keyed = input.merging(["idempotencyKey": "k"])
        let made = try installation.ask("createPostback", keyed)
        let literal = input.sorted.encodedText
        _ = try installation.database.connect().run(
            "UPDATE postbacks SET fingerprint = 'sha256:' || encode(sha256(convert_to(\(literal), 'UTF8')), 'base64')")
        #expect(try installation.ask("createPostback", keyed)["postback"] == made["postback"])
        let other = keyed.merging(["active": false])
        #expect(try installation.refusal(of: "createPostback", other).code == "conflict")
    }

    @Test func `an idempotency key used by several callers at once makes one postback`() async throws {
        let installation = try Installation.withOffer()
        let ids = try await atOnce(6) { _ in try installation.createPostback(["idempotencyKey": "k"]) }
        #expect(Set(ids).count == 1)
        #expect(try installation.count("postbacks") == 1)
    }

    private static let complete = "http://127.0.0.1:1/?c={click_id}&s={status}"

    @Test func `another active postback on the same events is a warning, not an error`() throws {
        let installation = try Installation.withOffer()
        func warnings(_ more: JSON) throws -> [JSON] {
            let input = Installation.postback(["url": .string(Self.complete)]).merging(more)
            let previewed = try installation.ask("previewPostback", input)["warnings"]
            let created = try installation.ask("createPostback", input)["warnings"]
            #expect(previewed == created)
            return created?.items ?? []
        }
        #expect(try warnings(["goalId": "g1"]) == [])
        #expect(try warnings(["goalId": "g2"]) == [])
        #expect(try warnings(["conversionStatus": "done"]) == [])
        #expect(try warnings(["active": false]) == [])
        let overlap = try warnings([:])
        #expect(overlap.map { $0["code"] } == ["overlap"])
        #expect(overlap[0]["message"]?.text?.hasSuffix("too: 1, 2") == true)
    }

    @Test func `goals that are off do not keep postbacks apart`() throws {
        let installation = try Installation.withOffer()
        let first = try installation.createPostback(["goalId": "g1", "url": .string(Self.complete)])
        let second = try installation.createPostback(["goalId": "g2", "url": .string(Self.complete)])
        func warnings() throws -> [String] {
            let preview = try installation.ask("previewPostback", ["postbackId": .integer(second)])
            let update = try installation.ask("updatePostback", ["postbackId": .integer(second), "active": true])
            #expect(preview["warnings"] == update["warnings"])
            return (update["warnings"]?.items ?? []).map { "\($0["code"]?.text ?? ""): \($0["message"]?.text ?? "")" }
        }
        #expect(try warnings() == [])
        try installation.ask("configureOffer", ["offerId": "o", "goalsEnabled": false])
        #expect(
            try warnings() == [
                "overlap: other active postbacks fire on the same events too: \(first); the offer's goals are off, so goals make no difference"
            ])
        // The warning is right: both fire.
        let recorded = try installation.ask(
            "recordConversion", Installation.conversion(["transactionId": "t", "goalId": "g1", "clickId": "c"]))
        #expect(recorded["deliveries"]?.items.count == 2)
    }

    @Test func `many overlapping postbacks are counted, not all named`() throws {
        let installation = try Installation.withOffer()
        let inputs = Array(repeating: Installation.postback(["url": .string(Self.complete)]), count: 24)
        _ = try installation.ask("createPostback", all: inputs)
        let answer = try installation.ask("previewPostback", Installation.postback(["url": .string(Self.complete)]))
        let message = answer.at("warnings.0.message")?.text ?? ""
        #expect(message.hasSuffix(" and 4 more"), "\(message)")
    }

    @Test func `what is probably not meant is warned of when a postback is made, changed and previewed`() throws {
        let installation = try Installation.withOffer()
        let input = Installation.postback([
            "url": "http://127.0.0.1:1/?api_key=s3cret&amp;payout=[payout]&x=%%STATUS%%",
            "requestParams": ["api_key": "{sub1}"], "requestHeaders": ["Accept-Encoding": "br", "X-Name": "é"],
            "successWhen": ["bodyContains": "OK"],
        ])
        let codes = [
            "no_status", "foreign_macro", "foreign_macro", "html_entity", "repeated_param", "secret_in_url",
            "accept_encoding", "header_not_ascii",
        ]
        let created = try installation.ask("createPostback", input.merging(["idempotencyKey": "k"]))
        #expect(created["warnings"]?.items.compactMap { $0["code"]?.text } == codes)
        #expect(created["warnings"]?.encodedText.contains("s3cret") == false)
        let repeated = try installation.ask("createPostback", input.merging(["idempotencyKey": "k"]))
        #expect(repeated["warnings"] == created["warnings"])
        let changed = try installation.ask("updatePostback", ["postbackId": 1, "omitEmptyParams": true])
        #expect(changed["warnings"] == created["warnings"])
        #expect(try installation.ask("previewPostback", ["postbackId": 1])["warnings"] == created["warnings"])
    }

    @Test func `a request that tells no status though it fires on another than done is a warning`() throws {
        let installation = try Installation.withOffer()
        let url = JSON.string("http://127.0.0.1:1/{click_id}")
        let answer = try installation.ask("createPostback", Installation.postback(["url": url]))
        #expect(answer["warnings"]?.items.map { $0["code"] } == ["no_status"])
        let done = try installation.ask(
            "createPostback", Installation.postback(["url": url, "conversionStatus": "done"]))
        #expect(done["warnings"] == [])
    }

    @Test func `a path segment that leads to another path is refused when a postback is made or changed`() throws {
        let installation = try Installation.withOffer()
        for url in ["http://127.0.0.1:1/a/../b?c={click_id}", "http://127.0.0.1:1/%2e%2E"] as [JSON] {
            for (function, input) in [
                ("createPostback", Installation.postback(["url": url])),
                ("previewPostback", Installation.postback(["url": url])),
                ("updatePostback", ["postbackId": 1, "url": url]),
            ] {
                let refusal = try installation.refusal(of: function, input)
                #expect(refusal.code == "invalid_request")
                #expect(refusal.fields == ["url"])
            }
        }
    }

    @Test func `an unknown macro is refused and the nearest right one named`() throws {
        let refusal = try Installation.withOffer().refusal(
            of: "createPostback", Installation.postback(["url": "http://127.0.0.1:1/?c={clickid}&s={status}"]))
        #expect(refusal.code == "invalid_request")
        #expect(refusal.fields == ["url"])
        #expect(refusal.message.contains("click_id"))
    }

    @Test(arguments: [
        "http://127.0.0.1/", "http://10.0.0.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/",
        "http://0.0.0.0/", "http://100.64.0.1/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/",
    ])
    func `a literal address that egress forbids is refused here already`(url: String) throws {
        let installation = try Installation.withOffer(environment: ["POSTBACKS_ALLOW_CIDRS": ""])
        let refusal = try installation.refusal(of: "createPostback", Installation.postback(["url": .string(url)]))
        #expect(refusal.code == "invalid_request")
        #expect(refusal.fields == ["url"])
        #expect(try installation.count("postbacks") == 0)
    }

    @Test func `credentials that are no object are refused with what they may be, and not repeated`() throws {
        let installation = try Installation.withOffer()
        let refusal = try installation.refusal(
            of: "createPostback", Installation.postback(["basicAuth": "user:s3cr3t"]))
        #expect(
            refusal.message
                == #"basicAuth must be an object, {"login":…,"password":…} or {"token":…,"scheme":"Basic" or "Bearer"}, not a string"#
        )
    }

    @Test func `unknown offers, affiliates and goals are not_found by their fields`() throws {
        let installation = try Installation.withOffer()
        for (more, field) in [
            (["offerId": "x"], "offerId"), (["affiliateId": "x"], "affiliateId"), (["goalId": "x"], "goalId"),
        ] as [(JSON, String)] {
            let refusal = try installation.refusal(of: "createPostback", Installation.postback(more))
            #expect(refusal.code == "not_found")
            #expect(refusal.fields == [field])
        }
        #expect(try installation.count("destinations") == 0)
    }
}
