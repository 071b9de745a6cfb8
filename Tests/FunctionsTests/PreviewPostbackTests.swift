import JSON
import Postgres
import Receiver
import Secrets
import System
import TestSupport
import TestThreads
import Testing

@Suite(.ownThreads) struct PreviewPostbackTests {
    private static let secrets: JSON = [
        "basicAuth": ["login": "ada", "password": "canary-password"],
        "requestHeaders": ["X-Api-Key": "canary-key {click_id}", "X-Plain": "{offer_id}/{event_sequence}"],
        "signingSecret": "whsec_Y2FuYXJ5LXNpZ25pbmctMTIzNDU2Nzg5MA==",
    ]

    private func template(_ receiver: RunningReceiver) -> JSON {
        [
            "url": .string("\(receiver.url)/{transaction_id}/{status}?test={is_test}&d={delivery_id}&r={random}"),
            "requestParams": ["payout": "{payout}", "goal": "{goal_name}", "sub": "{sub1}", "n": "{attempt}"],
        ]
    }

    /// Everything that a call could leave behind: all rows of all tables, and where every sequence stands.
    private func traces(_ installation: Installation) throws -> [String] {
        let connection = try installation.database.connect()
        let tables = try connection.run(
            "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1"
        ).compactMap { $0.text("name") }
        let rows = try tables.map { table in
            let row = try connection.run(
                "SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, ' ' ORDER BY t::text)), '') AS value FROM \(identifier: table) t"
            ).first
            return "\(table) \(row?.text("value") ?? "")"
        }
        let sequences = try connection.run(
            "SELECT sequencename || ' ' || coalesce(last_value::text, '') AS value FROM pg_sequences ORDER BY 1"
        ).compactMap { $0.text("value") }
        #expect(rows.count > 8 && sequences.count >= 5)
        return rows + sequences
    }

    /// The request without the values that depend on its time.
    private func timeless(_ request: JSON?) -> JSON? {
        guard let request, let headers = request["headers"] else { return request }
        return request.merging(["headers": headers.without("webhook-timestamp", "webhook-signature")]).sorted
    }

    private func expectNoCanary(_ call: FunctionCall) {
        for canary in ["canary", "whsec_", "Y2FuYXJ5", "YWRhOmNhbmFyeS1wYXNzd29yZA"] {
            #expect(!call.text.contains(canary) && !call.log.contains(canary), "\(call.text)\(call.log)")
        }
    }

    /// Previews, sends the preview's input as a test, and compares what was shown with what went out.
    private func previewAndSend(_ installation: Installation, _ input: JSON) throws -> JSON {
        let before = try traces(installation)
        let preview = try installation.call("previewPostback", input.encodedText)
        try #require(preview.status == .exited(0), "\(preview.text)\(preview.log)")
        expectNoCanary(preview)
        #expect(preview.answer["error"] == nil)
        #expect(preview.answer.at("input.isTest") == true)
        let sent = try installation.call("deliverPostback", try #require(preview.answer["input"]).encodedText)
        expectNoCanary(sent)
        #expect(sent.answer["outcome"] == "delivered", "\(sent.text)")
        #expect(timeless(sent.answer["request"]) == timeless(preview.answer["request"]))
        #expect(try traces(installation) == before)
        return preview.answer
    }

    @Test(arguments: ["GET", "POST(FORM)", "POST(JSON)"])
    func `a stored postback and a conversion: what is shown is what the test sends, and nothing is left behind`(
        type: String
    ) throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.withOffer()
        let id = try installation.createPostback(
            template(receiver).merging(Self.secrets).merging(["httpType": .string(type), "active": false]))
        try installation.record(["t1"], ["goalId": "g1", "clickId": "c1", "payout": "1.50", "params": ["sub1": "s"]])
        let preview = try previewAndSend(installation, ["postbackId": .integer(id), "conversionId": 1])
        let request = try #require(receiver.requests.first)
        #expect(receiver.requests.count == 1)
        #expect(request.target.hasPrefix("/t1/pending?test=1&d="))
        #expect(request.header("Authorization") == "Basic YWRhOmNhbmFyeS1wYXNzd29yZA==")
        #expect(request.header("X-Api-Key") == "canary-key c1")
        #expect(request.header("X-Plain") == "o/1")
        #expect(request.header("webhook-signature")?.hasPrefix("v1,") == true)
        #expect(preview.at("request.headers.X-Api-Key") == "***")
        #expect(preview.at("input.postback.version") == 1)
        // No delivery has its id.
        #expect(preview.at("input.deliveryId")?.integer ?? 0 > 1 << 50)
        let again = try installation.ask("previewPostback", ["postbackId": .integer(id), "conversionId": 1])
        #expect(again.at("input.deliveryId") != preview.at("input.deliveryId"))
    }

    @Test
    func `a postback that is not stored, with values of one's own: its secrets are sealed, and open for the test`()
        throws
    {
        let receiver = try RunningReceiver()
        let installation = try Installation.withOffer()
        let new = Installation.postback(template(receiver)).merging(Self.secrets).merging([
            "conversionStatus": "rejected", "goalId": "g1", "idempotencyKey": "k",
        ])
        _ = try previewAndSend(
            installation,
            new.merging(["sample": ["transactionId": "mine", "payout": .number("7.10"), "params": ["sub1": "&"]]]))
        let request = try #require(receiver.requests.first)
        #expect(request.target.hasPrefix("/mine/rejected?test=1&"))
        #expect(request.target.contains("payout=7.10") && request.target.contains("sub=%26"))
        #expect(request.header("Authorization") == "Basic YWRhOmNhbmFyeS1wYXNzd29yZA==")
        #expect(request.header("X-Api-Key") == "canary-key sample-click")
        // The idempotency key has created nothing.
        #expect(try installation.count("postbacks") == 0)
    }

    @Test func `the input's secrets open for the origin that they are sealed for, and for no other`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.withOffer()
        let id = try installation.createPostback(template(receiver).merging(Self.secrets))
        let connection = try installation.database.connect()
        // A secret that an earlier version sealed, without an origin.
        let key = try #require(installation.environment["POSTBACKS_ENCRYPTION_KEY"])
        let old = try EncryptionKeys(parsing: key).seal(
            Secret("canary-password"), for: SealContext("postback", id: id, field: "basicAuth.password"))
        for auth in [nil, ["login": "ada", "password": ["sealed": .string(old)]]] as [JSON?] {
            if let auth { _ = try connection.run("UPDATE postbacks SET basic_auth = \(auth.encodedText)::json") }
            let input = try previewAndSend(installation, ["postbackId": .integer(id)])["input"] ?? .null
            #expect(!input.encodedText.contains(old))
            let other = try RunningReceiver()
            let postback = (input["postback"] ?? .null).merging(["url": .string(other.url)])
            for fields in [[], ["basicAuth"], ["basicAuth", "signingSecret"]] {
                let kept = JSON.object(postback.members.filter { !fields.contains($0.name) })
                let sent = try installation.call(
                    "deliverPostback", input.merging(["postback": kept]).encodedText)
                #expect(sent.answer.at("error.code") == "secret", "\(sent.text)")
                expectNoCanary(sent)
            }
            #expect(other.requests.isEmpty)
        }
        // Without the key the old secret is not returned either.
        let keyless = try installation.call(
            "previewPostback", (["postbackId": .integer(id)] as JSON).encodedText,
            environment: ["POSTBACKS_ENCRYPTION_KEY": ""])
        #expect(keyless.answer.at("input.postback.basicAuth.password") == "***")
        #expect(keyless.answer.at("error.code") == "secret")
        #expect(!keyless.text.contains(old))
    }

    @Test func `a param's secret is masked in the request, and opens for its own origin alone`() throws {
        let receiver = try RunningReceiver()
        let other = try RunningReceiver()
        let installation = try Installation.withOffer()
        let id = try installation.createPostback([
            "url": .string(receiver.url), "requestParams": ["api_key": "canary-param"],
        ])
        let preview = try installation.call("previewPostback", (["postbackId": .integer(id)] as JSON).encodedText)
        expectNoCanary(preview)
        #expect(preview.answer.at("request.url")?.text == "\(receiver.url)/?api_key=***")
        let input = preview.answer["input"] ?? .null
        let elsewhere = (input["postback"] ?? .null).merging(["url": .string(other.url)])
        let refused = try installation.call("deliverPostback", input.merging(["postback": elsewhere]).encodedText)
        #expect(refused.answer.at("error.code") == "secret", "\(refused.text)")
        let sent = try installation.call("deliverPostback", input.encodedText)
        expectNoCanary(sent)
        #expect(sent.answer.at("request.url")?.text == "\(receiver.url)/?api_key=***")
        #expect(receiver.requests.map(\.target) == ["/?api_key=canary-param"])
        #expect(other.requests.isEmpty)
    }

    @Test func `without a conversion every macro has a value; a sample's status is its own`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.withOffer()
        let macros = [
            "conversion_id", "event_id", "click_id", "transaction_id", "affiliate_id", "affiliate_name", "offer_id",
            "offer_name", "goal_id", "goal_name", "status", "payout", "revenue", "sale_amount", "currency", "ip",
            "country", "user_agent", "clicked_at", "occurred_at", "status_at", "random", "sub1",
        ]
        let params = JSON.object(macros.map { .init($0, .string("{\($0)}")) })
        let id = try installation.createPostback([
            "url": .string(receiver.url), "requestParams": params, "httpType": "POST(JSON)",
        ])
        let preview = try previewAndSend(installation, ["postbackId": .integer(id)])
        let body = try JSON(parsing: Array((preview.at("request.body")?.text ?? "").utf8))
        #expect(body.members.map(\.name) == macros.sorted())
        #expect(body.members.allSatisfy { $0.value.text?.isEmpty == false })
        #expect(body["status"] == "pending")
        let done = try installation.ask(
            "previewPostback", ["postbackId": .integer(id), "sample": ["status": "done", "goalId": "g9"]])
        #expect(done.at("input.event.status") == "done")
        #expect(done.at("input.conversion.goal") == ["id": "g9", "name": "g9"])
    }

    @Test func `a conversion's preview is of its last event, as it was then`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.withOffer()
        let id = try installation.createPostback(template(receiver))
        try installation.record(["t"], ["payout": "1.50"])
        try installation.update(["conversionId": 1, "status": "done", "payout": "2.50"])
        try installation.update(["conversionId": 1, "status": "done", "payout": "3.50"])
        let preview = try previewAndSend(installation, ["postbackId": .integer(id), "conversionId": 1])
        #expect(preview.at("input.event.sequence") == 2)
        #expect(preview.at("input.event.previousStatus") == "pending")
        #expect(receiver.requests[0].target.contains("/t/done?") && receiver.requests[0].target.contains("payout=2.50"))
    }

    @Test func `why a request cannot be made is answered in its place, as the attempt would say it`() throws {
        let installation = try Installation.withOffer()
        for (more, code) in [
            (["skipWhenEmpty": ["click_id"]], "missing_value"),
            (["requestHeaders": ["X-Name": "{user_agent}"]], "unsafe_header"),
        ] as [(JSON, JSON)] {
            let id = try installation.createPostback(more)
            for subject in [["postbackId": .integer(id)], Installation.postback(more)] as [JSON] {
                let preview = try installation.ask(
                    "previewPostback", subject.merging(["sample": ["clickId": nil, "userAgent": "a\u{1}b"]]))
                #expect(preview["request"] == .null)
                #expect(preview.at("error.code") == code)
                let attempt = try installation.ask("deliverPostback", try #require(preview["input"]))
                #expect(attempt["error"] == preview["error"])
            }
        }
    }

    @Test func `a secret that does not open is told, and one that cannot be sealed is a missing setting`() throws {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback(Self.secrets)
        let other = try installation.call(
            "previewPostback", (["postbackId": .integer(id)] as JSON).encodedText,
            environment: ["POSTBACKS_ENCRYPTION_KEY": "other:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="])
        #expect(other.answer.at("error.code") == "secret", "\(other.text)")
        #expect(other.answer["request"] == .null)
        expectNoCanary(other)
        let keyless = try installation.call(
            "previewPostback", Installation.postback(Self.secrets).encodedText,
            environment: ["POSTBACKS_ENCRYPTION_KEY": ""])
        #expect(keyless.code == "misconfigured")
        expectNoCanary(keyless)
    }

    @Test func `what is wrong or unknown is refused as it is elsewhere`() throws {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback()
        let deleted = try installation.createPostback()
        try installation.ask("deletePostback", ["postbackId": .integer(deleted)])
        let before = try traces(installation)
        for (input, code, field) in [
            (["postbackId": 99], "not_found", "postbackId"),
            (["postbackId": .integer(deleted)], "not_found", "postbackId"),
            (["postbackId": .integer(id), "conversionId": 99], "not_found", "conversionId"),
            (["postbackId": .integer(id), "url": "http://x.example/"], "invalid_request", "url"),
            (["postbackId": .integer(id), "conversionId": 1, "sample": [:]], "invalid_request", "sample"),
            (["postbackId": .integer(id), "sample": ["payout": "1,5"]], "invalid_request", "sample.payout"),
            (Installation.postback(["url": "http://10.0.0.1/"]), "invalid_request", "url"),
            (Installation.postback(["url": "http://x.example/{clickid}"]), "invalid_request", "url"),
            ([:], "invalid_request", "url"),
        ] as [(JSON, String, String)] {
            let refusal = try installation.refusal(of: "previewPostback", input)
            #expect(refusal.code == code, "\(input)")
            #expect(refusal.fields.contains(field), "\(input) \(refusal.fields)")
        }
        #expect(try traces(installation) == before)
    }
}
