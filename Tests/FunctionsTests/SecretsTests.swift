import Domain
import Glibc
import JSON
import Postgres
import Receiver
import Store
import System
import TestSupport
import TestThreads
import Testing

/// Tests that secrets are sealed in the database and masked in answers.
@Suite(.ownThreads) struct SecretsTests {
    private static let signingSecret = "whsec_Y2FuYXJ5LXNpZ25pbmctMTIzNDU2Nzg5MA=="
    private static let login: JSON = [
        "basicAuth": ["login": "ada", "password": "canary-password"], "httpType": "POST(JSON)",
        "conversionStatus": "pending",
        "requestHeaders": [
            "X-Api-Key": "canary-key {click_id}", "Cookie": "canary-cookie", "X-Access-Token": "canary-access",
            "X-Client-Secret": "canary-client", "X-Signature": "canary-signature", "X-Plain": "shown",
        ],
        "requestParams": [
            "api_key": "canary-param", "user": ["passwords": ["canary-nested", 2_020_202]], "c": "{click_id}",
        ],
        "signingSecret": .string(signingSecret), "idempotencyKey": "k1",
    ]
    private static let token: JSON = [
        "basicAuth": ["token": "canary-token", "scheme": "Bearer"], "idempotencyKey": "k2",
        "requestHeaders": ["X-Plain": "shown"], "requestParams": ["token": "canary param", "n": 1],
    ]

    private func expectNoCanary(_ text: String, _ place: String) {
        for canary in ["canary", "2020202", "whsec_", "Y2FuYXJ5", "YWRhOmNhbmFyeS1wYXNzd29yZA"] {
            #expect(!text.contains(canary), "\(place): \(text)")
        }
    }

    private func expectNoCanaryInTables(_ installation: Installation) throws {
        let connection = try installation.database.connect()
        let tables = try connection.run(
            "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        )
        .compactMap { $0.text("name") }
        #expect(tables.contains("postbacks") && tables.contains("attempts"))
        for table in tables {
            let text = try connection.run("SELECT string_agg(t::text, ' ') AS value FROM \(identifier: table) t").first?
                .text("value")
            expectNoCanary(text ?? "", table)
        }
    }

    @Test func `secrets are sealed in the tables and masked in every answer`() throws {
        let installation = try Installation.withOffer()
        for more in [Self.login, Self.token] {
            let input = Installation.postback(more)
            // The second call returns the postback of the idempotency key.
            for _ in 1...2 {
                let call = try installation.call("createPostback", input.encodedText)
                #expect(call.status == .exited(0))
                expectNoCanary(call.text + call.log, "createPostback")
            }
            let conflict = try installation.refusal(
                of: "createPostback", input.merging(["url": "http://127.0.0.1:1/other"]))
            #expect(conflict.code == "conflict")
            expectNoCanary(conflict.text + conflict.log, "conflict")
        }
        let list = try installation.ask("listPostbacks", [:])
        expectNoCanary(list.encodedText, "listPostbacks")
        #expect(list.at("postbacks.0.basicAuth") == ["login": "ada", "password": "***"])
        #expect(list.at("postbacks.1.basicAuth") == ["token": "***", "scheme": "Bearer"])
        #expect(list.at("postbacks.0.signingSecret") == "***")
        #expect(
            list.at("postbacks.0.requestHeaders") == [
                "Cookie": "***", "X-Access-Token": "***", "X-Api-Key": "***", "X-Client-Secret": "***",
                "X-Plain": "shown",
                "X-Signature": "***",
            ])
        #expect(
            list.at("postbacks.0.requestParams")
                == ["api_key": "***", "user": ["passwords": ["***", "***"]], "c": "{click_id}"])
        #expect(list.at("postbacks.1.requestParams") == ["token": "***", "n": 1])
        try expectNoCanaryInTables(installation)
    }

    @Test func `a receiver that repeats what it was sent does not get a secret into the record of the attempt`() throws
    {
        let echo = [
            "HTTP/1.1 500 Oops", "X-Seen: canary-key c1", "Content-Length: 114", "",
            "Authorization: Basic YWRhOmNhbmFyeS1wYXNzd29yZA== ada:canary-password Cookie: canary-cookie key: canary-key c1 end",
        ].joined(separator: "\r\n")
        let receiver = try RunningReceiver(ReceiverBehaviour(manner: .bytes(Array(echo.utf8))))
        let postback = Self.login.merging(["id": 1, "version": 1, "url": .string(receiver.url)])
        guard case .object(let members) = postback else { return }
        let kept = members.filter { !["idempotencyKey", "conversionStatus", "signingSecret"].contains($0.name) }
        let input: JSON = [
            "deliveryId": 1, "attempt": 1, "postback": .object(kept), "event": ["status": "done"],
            "conversion": ["offer": ["id": "o1"], "affiliate": ["id": "a1"], "clickId": "c1"],
        ]
        let call = FunctionCall(
            try Programs.run(
                "deliverPostback", input: input.encodedText, environment: ["POSTBACKS_ALLOW_CIDRS": "127.0.0.0/8"]))
        #expect(call.answer.at("response.status") == 500)
        #expect(call.answer.at("response.headers.X-Seen") == "***")
        #expect(call.answer.at("response.body") == "Authorization: *** ada:*** Cookie: *** key: *** end")
        expectNoCanary(call.text + call.log, "deliverPostback")
    }

    @Test func `what deliverPostback gets is sealed, what goes out is opened, and what it answers is masked`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.withOffer()
        let url: JSON = ["url": .string("\(receiver.url)/{click_id}?s={status}")]
        for more in [Self.login, Self.token] { _ = try installation.createPostback(more.merging(url)) }
        try installation.record(["clickId": "c1"])
        let connection = try installation.database.connect()
        let shares = [Outbox.Share(destination: 1, free: 10, floor: nil)]
        let claims = try connection.run(
            ClaimDeliveries(shares, lease: .seconds(60), orderHold: .seconds(600), schedule: .standard)
        ).claims
        let lines = claims.map { String(decoding: $0.line, as: UTF8.self) }
        #expect(lines.count == 2)
        for line in lines { expectNoCanary(line, "the line") }
        let outcome = try Programs.run(
            "deliverPostback", ["--stream"], input: lines.map { $0 + "\n" }.joined(),
            environment: installation.environment)
        #expect(outcome.text.split(separator: "\n").count == 2)
        expectNoCanary(outcome.text + outcome.errorText, "deliverPostback")
        #expect(outcome.text.contains(#""Authorization":"***""#))
        let requests = receiver.requests
        #expect(
            Set(requests.compactMap { $0.header("Authorization") }) == [
                "Basic YWRhOmNhbmFyeS1wYXNzd29yZA==", "Bearer canary-token",
            ])
        #expect(requests.compactMap { $0.header("X-Api-Key") } == ["canary-key c1"])
        #expect(
            requests.map { String(decoding: $0.body, as: UTF8.self) }.contains(
                #"{"api_key":"canary-param","c":"c1","user":{"passwords":["canary-nested",2020202]}}"#))
        #expect(requests.contains { $0.target.hasSuffix("&n=1&token=canary%20param") })
        #expect(requests.compactMap { $0.header("webhook-signature") }.allSatisfy { $0.hasPrefix("v1,") })
        // Stored answers contain no secret either.
        let answers = outcome.output.split(separator: 0x0A).map(Array.init)
        _ = try connection.run(CompleteDeliveries(lines: answers, orderHold: .seconds(600), schedule: .standard))
        #expect(try installation.count("attempts") == 2)
        try expectNoCanaryInTables(installation)
        expectNoCanary(try installation.ask("listDeliveries", [:]).encodedText, "listDeliveries")
    }

    @Test func `a secret that is refused is not repeated`() throws {
        let installation = try Installation.withOffer()
        for more in [
            ["basicAuth": ["token": "canary token"]], ["basicAuth": ["login": "a", "password": "canary\n"]],
            ["requestHeaders": ["X-Api-Key": "canary {nonsense}"]], ["requestHeaders": ["Cookie": "canary\r\nX: 1"]],
            ["signingSecret": "whsec_canary"], ["basicAuth": ["login": "a", "password": "***"]],
        ] as [JSON] {
            let call = try installation.refusal(of: "createPostback", Installation.postback(more))
            #expect(call.code == "invalid_request")
            #expect(!call.text.contains("canary") && !call.log.contains("canary"))
        }
    }

    /// The fields in which a secret is given if fields, or names and values, are confused.
    @Test(arguments: [
        #"{"basicAuth":{"token":"Bearer","scheme":"s3cr3t"}}"#,
        #"{"basicAuth":{"token":"t","scheme":"Bearer s3cr3t"}}"#,
        #"{"basicAuth":{"token":"Bearer","scheme":["s3cr3t"]}}"#,
        #"{"basicAuth":{"token":"Bearer","scheme":{"s3cr3t":1}}}"#,
        #"{"basicAuth":{"login":"a","password":"p","s3cr3t":"x"}}"#,
        #"{"basicAuth":{"login":"a","s3cr3t":"password"}}"#,
        #"{"basicAuth":{"s3cr3t":"token"}}"#, #"{"basicAuth":{"token":"t","s3cr3t":""}}"#,
        #"{"basicAuth":{"login":"ada:s3cr3t","password":"p"}}"#,
        #"{"basicAuth":{"login":"s3cr3t\u0001","password":"p"}}"#,
        #"{"basicAuth":"ada:s3cr3t"}"#, #"{"basicAuth":{"login":"a","password":{"s3cr3t":"s3cr3t"}}}"#,
        #"{"basicAuth":{"login":"a","password":{"sealed":"s3cr3t"}}}"#, #"{"signingSecret":"s3cr3t"}"#,
        #"{"signingSecret":{"s3cr3t":"s3cr3t"}}"#, #"{"signingSecret":{"sealed":"s3cr3t"}}"#,
        #"{"requestHeaders":{"Authorization: Bearer s3cr3t":""}}"#,
        #"{"requestHeaders":{"Bearer s3cr3t":"Authorization"}}"#,
        #"{"requestHeaders":{"X-Api-Key":"{s3cr3t}"}}"#, #"{"requestHeaders":{"X-Api-Key":"{click_id:s3cr3t}"}}"#,
        #"{"requestHeaders":{"X-Api-Key":{"s3cr3t":1}}}"#, #"{"requestHeaders":{"Authorization":"s3cr3t}"}}"#,
        #"{"requestHeaders":["s3cr3t"]}"#, #"{"url":"https://ada:s3cr3t@h.example/"}"#,
        #"{"url":"https://s3cr3t@h.example/"}"#,
        #"{"url":"https://ada§s3cr3t/x@h.example/"}"#, #"{"url":"https://ada:s3cr3t/x@h.example/"}"#,
    ])
    func `a secret in the wrong place is refused and not repeated`(fields: String) throws {
        let more = try JSON(parsing: Array(fields.utf8))
        let installation = try Installation.withOffer()
        for (function, input) in [
            ("createPostback", Installation.postback(more)), ("previewPostback", Installation.postback(more)),
            ("updatePostback", more.merging(["postbackId": 1])),
            ("deliverPostback", ["deliveryId": 1, "attempt": 1, "postback": Installation.postback(more)]),
        ] as [(String, JSON)] {
            let call = try installation.call(function, input.encodedText)
            #expect(
                !call.text.contains("s3cr3t") && !call.log.contains("s3cr3t"), "\(function): \(call.text)\(call.log)")
            if function != "deliverPostback" { #expect(call.code?.hasPrefix("invalid_") == true, "\(call.text)") }
        }
    }

    /// PHP's `json_encode(getallheaders())`, HTML, and dumps.
    @Test func `a receiver that repeats headers as a program encodes them does not get a secret into the record`()
        throws
    {
        let body = [
            #"{"Authorization":"Basic YWRhOmvDpG4vYXJpJiJ4Ig==","X-Api-Key":"k\u00e4n\/ari&\"x\"","Cookie":"a=k\u00E4n\/ari; b"}"#,
            "<td>k&auml;n/ari&amp;&quot;x&quot;</td><td>a=k&#228;n/ari; b</td>", "k%C3%A4n%2fari%26%22x%22",
            "a8Okbi9hcmkmIngi YWRhOmvDpG4vYXJpJiJ4Ig 6bc3a46e2f61726926227822 6BC3A46E2F61726926227822",
        ].joined(separator: "\n")
        let answer =
            "HTTP/1.1 500 Oops\r\nX-Seen: k%C3%A4n/ari&%22x%22\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        let receiver = try RunningReceiver(ReceiverBehaviour(manner: .bytes(Array(answer.utf8))))
        let input: JSON = [
            "deliveryId": 1, "attempt": 1,
            "postback": [
                "id": 1, "version": 1, "url": .string(receiver.url), "httpType": "GET",
                "basicAuth": ["login": "ada", "password": #"kän/ari&"x""#],
                "requestHeaders": ["X-Api-Key": #"kän/ari&"x""#, "Cookie": "a=kän/ari; b"],
            ], "event": ["status": "done"],
            "conversion": ["offer": ["id": "o1"], "affiliate": ["id": "a1"], "clickId": "c1"],
        ]
        let call = FunctionCall(
            try Programs.run(
                "deliverPostback", input: input.encodedText, environment: ["POSTBACKS_ALLOW_CIDRS": "127.0.0.0/8"]))
        #expect(call.answer.at("response.headers.X-Seen") == "***")
        let expected = [
            #"{"Authorization":"***","X-Api-Key":"***","Cookie":"***"}"#, "<td>***</td><td>***</td>", "***",
            "*** *** *** ***",
        ].joined(separator: "\n")
        #expect(call.answer.at("response.body") == .string(expected), "\(call.text)")
    }

    @Test func `a value that was sealed for another postback does not open`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.withOffer()
        let url: JSON = ["url": .string("\(receiver.url)/?s={status}")]
        _ = try installation.createPostback(Self.token.merging(url))
        let other = try installation.createPostback(url.merging(["basicAuth": ["token": "mine", "scheme": "Bearer"]]))
        let connection = try installation.database.connect()
        _ = try connection.run(
            "UPDATE postbacks SET basic_auth = (SELECT basic_auth FROM postbacks WHERE id <> \(other)::bigint) WHERE id = \(other)::bigint"
        )
        try installation.record(["clickId": "c1"])
        let shares = [Outbox.Share(destination: 1, free: 10, floor: nil)]
        let claims = try connection.run(
            ClaimDeliveries(shares, lease: .seconds(60), orderHold: .seconds(600), schedule: .standard)
        ).claims
        let answers = try installation.stream(
            "deliverPostback", claims.map { String(decoding: $0.line, as: UTF8.self) })
        #expect(answers.compactMap { $0.at("output.error.code") } == ["secret"])
        #expect(receiver.requests.count == 1)
    }
}
