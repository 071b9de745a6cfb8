import JSON
import Postgres
import Receiver
import Store
import System
import TestSupport
import TestThreads
import Testing

/// Tests updatePostbacks: one change to all postbacks that a filter selects.
@Suite(.ownThreads) struct UpdatePostbacksTests {
    /// Postbacks 1 to 3 are the affiliate's, 4 is another one's, 5 is for every affiliate; 2 is off and 3 is paused.
    private static func make() throws -> Installation {
        let installation = try Installation.withOffer()
        try installation.configureOffer("p", goalsEnabled: true)
        try installation.ask("configureAffiliate", ["affiliateId": "b"])
        for more in [
            ["url": "https://old.example/p?c={click_id}"], ["url": "https://old.example:443/q", "active": false],
            ["url": "https://other.example/", "offerId": "p", "conversionStatus": "done", "goalId": "g1"],
            ["url": "https://old.example/b", "affiliateId": "b"],
            ["url": "https://old.example/all", "affiliateId": "*"],
        ] as [JSON] { _ = try installation.createPostback(more) }
        _ = try installation.database.connect().run(
            "UPDATE postbacks SET paused_at = now(), paused_reason = 'test' WHERE id = 3")
        return installation
    }

    private static func input(_ filter: JSON, _ changes: JSON, _ more: JSON = [:]) -> JSON {
        (["filter": filter, "changes": changes] as JSON).merging(more)
    }

    private static let off: JSON = ["active": false]
    private static let replacement: JSON = [
        "replaceOrigin": ["from": "https://old.example", "to": "https://new.example:8443"]
    ]

    private func changed(_ installation: Installation, _ filter: JSON, _ changes: JSON, _ more: JSON = [:]) throws
        -> [Int]
    {
        try installation.ask("updatePostbacks", Self.input(filter, changes, more))["postbackIds"]?.items.compactMap(
            \.integer) ?? []
    }

    @Test func `an affiliate's are turned off; those of others, and of every affiliate, stay`() throws {
        let installation = try Self.make()
        let answer = try installation.ask("updatePostbacks", Self.input(["affiliateId": "a"], Self.off))
        #expect(
            answer == [
                "matched": 3, "changed": 2, "postbackIds": [1, 3], "unchanged": 1, "warnings": [], "next": nil,
            ])
        let listed = try installation.ask("listPostbacks", [:])["postbacks"]?.items ?? []
        #expect(listed.map { $0["active"] } == [false, false, false, true, true])
        // What was off already keeps its version.
        #expect(listed.map { $0["version"] } == [2, 1, 2, 1, 1])
        #expect(
            try installation.value(
                "SELECT string_agg(active::text, ' ' ORDER BY postback_id) AS value FROM postback_versions WHERE version = 2"
            )
                == "false false")
        // A repeated call changes nothing.
        #expect(try changed(installation, ["affiliateId": "a"], Self.off) == [])
        #expect(try changed(installation, ["affiliateId": "*"], Self.off) == [5])
    }

    @Test func `a dry run answers what the call would do, whatever filters, and changes nothing`() throws {
        for (filter, expected) in [
            (["offerId": "o"], [1, 4, 5]), (["offerId": "p"], [3]), (["goalId": "g1"], [3]),
            (["conversionStatus": "done"], [3]),
            (["postbackIds": [4, 2, 1]], [1, 4]), (["destination": "old.example"], [1, 4, 5]),
            (["active": true], [1, 3, 4, 5]),
            (["isPaused": true], [3]), (["isPaused": false, "affiliateId": "a"], [1]),
            (["destination": "old.example", "affiliateId": "b"], [4]),
        ] as [(JSON, [Int])] {
            let installation = try Self.make()
            let rows: Query = "SELECT md5(string_agg(p::text, '|' ORDER BY id)) AS value FROM postbacks p"
            let before = try installation.value(rows)
            let dry = try installation.ask("updatePostbacks", Self.input(filter, Self.off, ["dryRun": true]))
            #expect(try installation.value(rows) == before)
            #expect(dry["postbackIds"] == .array(expected.map(JSON.integer)), "\(filter)")
            #expect(try installation.ask("updatePostbacks", Self.input(filter, Self.off)) == dry, "\(filter)")
        }
    }

    @Test func `URLs move to another origin with their path, and what is owed goes there in order`() throws {
        let installation = try Self.make()
        try installation.record(["t"])
        let dry = try installation.ask(
            "updatePostbacks", Self.input(["affiliateId": "a"], Self.replacement, ["dryRun": true]))
        let answer = try installation.ask("updatePostbacks", Self.input(["affiliateId": "a"], Self.replacement))
        #expect(answer == dry)
        #expect(answer["postbackIds"] == [1, 2] && answer["unchanged"] == 1)
        let listed = try installation.ask("listPostbacks", ["affiliateId": "a"])["postbacks"]?.items ?? []
        #expect(
            listed.compactMap { $0["url"]?.text } == [
                "https://new.example:8443/p?c={click_id}", "https://new.example:8443/q", "https://other.example/",
                "https://old.example/all",
            ])
        for (postback, destination) in [(1, "https://new.example:8443"), (5, "https://old.example:443")] {
            let owed = try installation.deliveries(["postbackId": .integer(postback)])
            #expect(owed.map { $0["destination"] } == [.string(destination)])
        }
        // The rows that moved keep their place in the order.
        #expect(
            try installation.value(
                "SELECT string_agg((hold_from = owed_at)::text, ' ') AS value FROM outbox WHERE postback_id = 1")
                == "true")
        let nothing = try installation.ask("updatePostbacks", Self.input(["affiliateId": "a"], Self.replacement))
        #expect(nothing["changed"] == 0 && nothing.at("warnings.0.code") == "no_such_origin")
    }

    @Test func `a pause ends, its deliveries are due, and several changes are one version`() throws {
        let installation = try Self.make()
        _ = try installation.record(["offerId": "p", "transactionId": "t", "goalId": "g1", "status": "done"])
        _ = try installation.database.connect().run("UPDATE outbox SET due_at = 'infinity'")
        let changes = Self.replacement.merging(["resume": true, "active": true])
        #expect(try changed(installation, ["affiliateId": "a"], changes) == [1, 2, 3])
        let listed = try installation.ask("listPostbacks", ["affiliateId": "a"])["postbacks"]?.items ?? []
        #expect(listed.prefix(3).allSatisfy { $0["version"] == 2 && $0["active"] == true && $0["paused"] == .null })
        #expect(try installation.claim().map(\.postback) == [3])
        #expect(try changed(installation, ["affiliateId": "a"], ["resume": true]) == [])
        #expect(try changed(installation, ["affiliateId": "a"], ["resume": false]) == [])
    }

    @Test func `secrets are sealed anew for the new origin, and one that does not open stops the whole call`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.withOffer()
        let secrets: JSON = [
            "basicAuth": ["token": "canary-token", "scheme": "Bearer"], "requestHeaders": ["X-Api-Key": "canary-key"],
            "signingSecret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "requestParams": ["sig": "canary-param"],
        ]
        for _ in 1...2 { _ = try installation.createPostback(secrets) }
        let rows: Query = "SELECT string_agg(p::text, '|' ORDER BY id) AS value FROM postbacks p"
        let input = Self.input(
            ["offerId": "o"], ["replaceOrigin": ["from": "http://127.0.0.1:1", "to": .string(receiver.url)]])
        let before = try installation.value(rows)
        for dryRun in [true, false] {
            let keyless = try installation.call(
                "updatePostbacks", input.merging(["dryRun": .bool(dryRun)]).encodedText,
                environment: ["POSTBACKS_ENCRYPTION_KEY": ""])
            #expect(keyless.code == "misconfigured")
            #expect(keyless.message.hasPrefix("postback 1: ") && keyless.message.contains("POSTBACKS_ENCRYPTION_KEY"))
        }
        _ = try installation.database.connect().run(
            "UPDATE postbacks SET basic_auth = '{\"token\":{\"sealed\":\"nonsense\"},\"scheme\":\"Bearer\"}' WHERE id = 2"
        )
        let spoilt = try installation.value(rows)
        let refusal = try installation.refusal(of: "updatePostbacks", input)
        #expect(refusal.code == "invalid_request" && refusal.fields == ["changes"])
        #expect(refusal.message.contains("postback 2") && refusal.message.contains("url leads to another origin"))
        #expect(try installation.value(rows) == spoilt && spoilt != before)
        try installation.ask("deletePostback", ["postbackId": 2])
        let answer = try installation.ask("updatePostbacks", input)
        #expect(answer["postbackIds"] == [1] && !answer.encodedText.contains("canary"))
        try installation.record(["t"])
        try installation.deliver(try installation.claim())
        let request = try #require(receiver.requests.first)
        #expect(request.header("Authorization") == "Bearer canary-token" && request.header("X-Api-Key") == "canary-key")
        #expect(
            request.header("webhook-signature")?.hasPrefix("v1,") == true
                && request.target.hasSuffix("sig=canary-param"))
    }

    @Test func `one call changes as many as its limit says, and the next goes on behind them`() throws {
        let installation = try Self.make()
        var after = JSON.null
        var answers: [JSON] = []
        repeat {
            let answer = try installation.ask(
                "updatePostbacks", Self.input(["offerId": "o"], Self.off, ["limit": 2, "after": after]))
            answers.append(answer)
            after = answer["next"] ?? .null
        } while after != .null && answers.count < 10
        #expect(answers.map { $0["postbackIds"] } == [[1], [4, 5]])
        #expect(answers.map { $0["matched"] } == [2, 2])
        #expect(try installation.ask("listPostbacks", ["active": true]).ids("postbacks") == [3])
    }

    @Test func `a thousand move in one call`() throws {
        let installation = try Self.make()
        try installation.database.connect().execute(
            script: """
                INSERT INTO postbacks (offer_id, affiliate_id, conversion_status, url, http_type, destination_id)
                SELECT 'o', 'b', 'rejected', 'https://old.example/' || n, 'GET', 1 FROM generate_series(1, 1000) n
                """)
        let filter: JSON = ["conversionStatus": "rejected"]
        let answer = try installation.ask("updatePostbacks", Self.input(filter, Self.replacement))
        #expect(answer["changed"] == 1000 && answer["next"] == .null)
        #expect(
            try installation.value(
                "SELECT count(*) AS value FROM postbacks WHERE url ~ '^https://new.example:8443/[0-9]+$'")
                == "1000")
    }

    @Test func `of two calls at once none is lost, and each is made as a whole`() throws {
        let installation = try Self.make()
        let connection = try installation.database.connect()
        try connection.execute(script: "BEGIN; UPDATE postbacks SET version = version + 1, active = false WHERE id = 4")
        let move = try installation.start("updatePostbacks", Self.input(["offerId": "o"], Self.replacement))
        let turnOff = try installation.start("updatePostbacks", Self.input(["offerId": "o"], Self.off))
        try installation.database.waitForLock(of: "updatePostbacks", sessions: 2)
        try connection.execute(script: "COMMIT")
        let answers = [try move.answer, try turnOff.answer]
        for call in [move, turnOff] { try call.wait() }
        #expect(answers[0]["postbackIds"] == [1, 2, 4, 5], "\(answers[0])")
        // The one that was turned off in the meantime is unchanged.
        #expect(answers[1]["postbackIds"] == [1, 5], "\(answers[1])")
        let listed = try installation.ask("listPostbacks", ["offerId": "o"])["postbacks"]?.items ?? []
        #expect(listed.map { $0["active"] } == [false, false, false, false])
        #expect(listed.allSatisfy { $0["url"]?.text?.hasPrefix("https://new.example:8443/") == true })
    }

    @Test func `what selects everything, changes nothing or leads nowhere is refused, with what would be right`() throws
    {
        let installation = try Self.make()
        let all: JSON = ["offerId": "o"]
        for (input, field, words) in [
            (Self.input([:], Self.off), "filter", "must name at least one condition"),
            (Self.input(["offerId": nil], Self.off), "filter", "must name at least one condition"),
            (["changes": Self.off], "filter", "is missing"),
            (Self.input(all, [:]), "changes", "must name at least one change"),
            (
                Self.input(all, ["replaceOrigin": ["from": "https://a.example"]]), "changes.replaceOrigin.to",
                "is missing"
            ),
            (
                Self.input(all, ["replaceOrigin": ["from": "https://a.example", "to": "https://b.example/x"]]),
                "changes.replaceOrigin.to", "must end behind the host and port"
            ),
            (
                Self.input(all, ["replaceOrigin": ["from": "https://a.example", "to": "https://A.example:443"]]),
                "changes.replaceOrigin.to", "must differ from \"from\""
            ),
            (
                Self.input(all, ["replaceOrigin": ["from": "https://a.example", "to": "http://169.254.169.254"]]),
                "changes.replaceOrigin.to", "must not lead to 169.254.169.254"
            ),
            (Self.input(["paused": true], Self.off), "filter.paused", "did you mean \"isPaused\"?"),
            (Self.input(all, Self.off, ["limit": 1001]), "limit", "from 1 to 1000"),
        ] as [(JSON, String, String)] {
            let refusal = try installation.refusal(of: "updatePostbacks", input)
            #expect(refusal.code == "invalid_request" && refusal.fields == [field], "\(refusal.text)")
            #expect(refusal.message.contains(words), "\(refusal.message)")
        }
        for (filter, field, words) in [
            (["postbackIds": [1, 77, 78]], "filter.postbackIds", "77, 78"),
            (["offerId": "none"], "filter.offerId", "none"),
            (["affiliateId": "none"], "filter.affiliateId", "none"),
            (["destination": "nobody.example"], "filter.destination", "https://nobody.example:443"),
        ] as [(JSON, String, String)] {
            let refusal = try installation.refusal(of: "updatePostbacks", Self.input(filter, Self.off))
            #expect(refusal.code == "not_found" && refusal.fields == [field], "\(refusal.text)")
            #expect(refusal.message.contains(words), "\(refusal.message)")
        }
        #expect(try installation.ask("listPostbacks", ["active": true]).ids("postbacks") == [1, 3, 4, 5])
    }
}
