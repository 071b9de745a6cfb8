import Glibc
import JSON
import POSIX
import Postgres
import Receiver
import Secrets
import TestSupport
import TestThreads
import Testing

/// `postbacks rekey`: another key takes over while everything runs.
@Suite(.ownThreads) struct RotationTests {
    private static let old = Installation.encryptionKey("old", 1)
    private static let new = Installation.encryptionKey("new", 2)
    private static let signingSecret = "whsec_\(Base64.encode(Array("a signing secret of 24+ bytes".utf8)))"

    private func keys(_ keys: String...) -> [String: String] {
        ["POSTBACKS_ENCRYPTION_KEY": keys.joined(separator: ",")]
    }

    private func rekey(_ installation: Installation, _ keys: [String: String], _ arguments: [String] = []) throws
        -> ChildProcess.Outcome
    {
        try Programs.run(
            "postbacks", ["rekey"] + arguments, environment: installation.environment.merging(keys) { $1 })
    }

    /// What stands in the columns with secrets, of all postbacks.
    private func sealed(_ installation: Installation) throws -> String {
        try installation.value(
            "SELECT string_agg(concat_ws(' ', id, basic_auth, request_params, request_headers, signing_secret, fingerprint), ' ' ORDER BY id) AS value FROM postbacks"
        ) ?? ""
    }

    private func postback(_ number: Int, _ url: String, offer: String = "o") -> JSON {
        let auth: JSON =
            number.isMultiple(of: 2)
            ? ["login": "ada", "password": .string("pässword-\(number)")]
            : ["token": .string("token-\(number)"), "scheme": "Bearer"]
        return [
            "offerId": .string(offer), "affiliateId": "a", "conversionStatus": "pending", "httpType": "POST(FORM)",
            "url": .string("\(url)/\(number)"), "basicAuth": auth,
            "requestParams": ["t": "{transaction_id}", "api_key": .string("param-\(number)")],
            "requestHeaders": ["X-Api-Key": .string("key-\(number)"), "X-Plain": "shown"],
            "signingSecret": .string(Self.signingSecret), "idempotencyKey": .string("k\(number)"),
        ]
    }

    /// Whether a request carries what its postback was given.
    private func isRight(_ request: ReceivedRequest) -> Bool {
        guard let number = Int(request.target.dropFirst()), let id = request.header("webhook-id"),
            let timestamp = Int64(request.header("webhook-timestamp") ?? ""),
            let signature = StandardWebhookSignature(secret: Secret(Self.signingSecret))
        else { return false }
        let authorization =
            number.isMultiple(of: 2)
            ? "Basic \(Base64.encode(Array("ada:pässword-\(number)".utf8)))" : "Bearer token-\(number)"
        return String(decoding: request.body, as: UTF8.self).hasPrefix("api_key=param-\(number)&t=")
            && request.header("Authorization") == authorization && request.header("X-Api-Key") == "key-\(number)"
            && request.header("webhook-signature") == signature.value(id: id, timestamp: timestamp, body: request.body)
    }

    @Test func `the three steps, under load: everything is delivered with the right credentials, and the old key goes`()
        throws
    {
        let receiver = try RunningReceiver()
        let first = try Installation.sending(to: receiver.url, on: [], environment: keys(Self.old))
        try first.ask("configureOffer", ["offerId": "quiet"])
        // More postbacks than rekey takes at a time; the quiet ones never fire.
        let inputs =
            (1...6).map { postback($0, receiver.url) }
            + (7...260).map { postback($0, receiver.url, offer: "quiet") }
        #expect(try first.ask("createPostback", all: inputs).allSatisfy { $0["error"] == nil })
        let versions: Query =
            "SELECT md5(string_agg(concat_ws('|', id, version, updated_at), ',' ORDER BY id)) AS value FROM postbacks WHERE id > 1"
        let versionsBefore = try first.value(versions)

        var poller: RunningPoller? = try RunningPoller(first)
        let step1 = try Installation.make(on: first.database, keys(Self.old, Self.new))
        let step2 = try Installation.make(on: first.database, keys(Self.new, Self.old))
        let step3 = try Installation.make(on: first.database, keys(Self.new))
        let load = RotationLoad(first)
        try receiver.wait(until: 50)

        poller = nil
        poller = try RunningPoller(step1)
        load.installation = step1
        poller = nil
        poller = try RunningPoller(step2)
        load.installation = step2
        // With the old key first the load may have sealed until here.
        try load.waitForTurn()
        let outcome = try rekey(step2, keys(Self.new, Self.old))
        #expect(outcome.status == .exited(0), "\(outcome.text)\(outcome.errorText)")
        #expect(outcome.text.contains("(of 260 postbacks)"), "\(outcome.text)")
        #expect(outcome.text.contains("the key old seals nothing any more: it may be removed"))
        try load.waitForTurn()
        #expect(try !sealed(step2).contains(".old."))
        #expect(try first.value(versions) == versionsBefore)

        poller = nil
        poller = try RunningPoller(step3)
        load.installation = step3
        try load.waitForTurn()
        let recorded = try load.finish()
        #expect(recorded > 20)
        try step3.wait(for: recorded * 6, in: "delivered")
        let requests = receiver.requests
        #expect(requests.allSatisfy(isRight))
        #expect(Set(requests.map { "\($0.target) \($0.text)" }).count == recorded * 6)
        #expect(try step3.value("SELECT count(*)::text AS value FROM outbox") == "0")
        #expect(
            try step3.value("SELECT count(*)::text AS value FROM attempts WHERE error ->> 'code' = 'secret'") == "0")
        // The last update of all stands.
        #expect(
            try step3.ask("listPostbacks", ["postbackId": 1]).at("postbacks.0.requestHeaders.X-Plain")
                == .string("shown \(load.updates)"))
        withExtendedLifetime(poller) {}
    }

    @Test func `it can be counted first, repeated, and keeps idempotency keys`() throws {
        let installation = try Installation.sending(to: "http://127.0.0.1:1", on: [], environment: keys(Self.old))
        let inputs = (1...3).map { postback($0, "http://127.0.0.1:1") }
        for input in inputs { try installation.ask("createPostback", input) }
        try installation.ask("deletePostback", ["postbackId": 3])
        let before = try sealed(installation)
        let both = keys(Self.new, Self.old)
        let counted = try rekey(installation, both, ["--dry-run"])
        #expect(counted.status == .exited(0))
        // Each has a password or token, a param, a header, a signing secret and a fingerprint.
        #expect(counted.text.contains("to be sealed anew under the key new: 15 (of 3 postbacks)"), "\(counted.text)")
        #expect(try sealed(installation) == before)
        #expect(try rekey(installation, both).text.contains("sealed anew under the key new: 15 (of 3 postbacks)"))
        let after = try sealed(installation)
        #expect(!after.contains(".old.") && after.contains("v2.new."))
        let again = try rekey(installation, both)
        #expect(again.status == .exited(0))
        #expect(again.text.contains("sealed anew under the key new: 0 (of 0 postbacks)\nsealed under it already: 15"))
        #expect(try sealed(installation) == after)

        let alone = try Installation.make(on: installation.database, keys(Self.new))
        #expect(try alone.ask("createPostback", inputs[0])["duplicate"] == true)
        let other = try alone.refusal(of: "createPostback", inputs[0].merging(["url": "http://127.0.0.1:1/other"]))
        #expect(other.code == "conflict")
        #expect(try alone.refusal(of: "createPostback", inputs[2]).code == "not_found")
    }

    @Test func `what earlier versions sealed for no origin is sealed for its own under the same key, and counted`()
        throws
    {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url, on: [], environment: keys(Self.old))
        for number in 1...2 { try installation.ask("createPostback", postback(number, receiver.url)) }
        let connection = try installation.database.connect()
        let old = try EncryptionKeys(parsing: Self.old)
        func seal(_ text: String, _ field: String) -> String {
            old.seal(Secret(text), for: SealContext("postback", id: 1, field: field))
        }
        let auth: JSON = ["token": ["sealed": .string(seal("token-1", "basicAuth.token"))], "scheme": "Bearer"]
        let headers: JSON = ["X-Api-Key": ["sealed": .string(seal("key-1", "requestHeaders.x-api-key"))]]
        let signing: JSON = ["sealed": .string(seal(Self.signingSecret, "signingSecret"))]
        _ = try connection.run(
            "UPDATE postbacks SET basic_auth = \(auth.encodedText)::json, request_headers = \(headers.encodedText)::json, signing_secret = \(signing.encodedText)::json WHERE id = 1"
        )
        // They open as they are.
        let poller = try RunningPoller(installation)
        try installation.record(["t1"])
        try installation.wait(for: 2, in: "delivered")
        let outcome = try rekey(installation, keys(Self.old))
        #expect(outcome.status == .exited(0), "\(outcome.text)\(outcome.errorText)")
        #expect(outcome.text.contains("sealed anew under the key old: 3 (of 1 postbacks)"), "\(outcome.text)")
        #expect(outcome.text.contains("sealed under it already: 7"), "\(outcome.text)")
        let columns =
            try installation.value(
                "SELECT concat(basic_auth, request_headers, signing_secret) AS value FROM postbacks WHERE id = 1") ?? ""
        #expect(!columns.contains("v1.") && columns.matches(of: /v2\.old\./).count == 3)
        try installation.record(["t2"])
        try installation.wait(for: 4, in: "delivered")
        #expect(receiver.requests.allSatisfy(isRight))
        withExtendedLifetime(poller) {}
    }

    @Test func `what cannot be opened is named with its reason and stays, and all others are sealed anew`() throws {
        let installation = try Installation.sending(to: "http://127.0.0.1:1", on: [], environment: keys(Self.old))
        for number in 1...5 { try installation.ask("createPostback", postback(number, "http://127.0.0.1:1")) }
        let connection = try installation.database.connect()
        // Another postback's, one of a key that nobody has, and one that is none.
        _ = try connection.run(
            "UPDATE postbacks SET basic_auth = (SELECT basic_auth FROM postbacks WHERE id = 4) WHERE id = 2")
        _ = try connection.run(
            "UPDATE postbacks SET signing_secret = replace(signing_secret::text, 'v2.old.', 'v2.lost.')::json WHERE id = 3"
        )
        _ = try connection.run(
            #"UPDATE postbacks SET request_headers = '{"X-Api-Key":{"sealed":"nonsense"}}' WHERE id = 5"#)
        let outcome = try rekey(installation, keys(Self.new, Self.old))
        #expect(outcome.status == .exited(1))
        #expect(outcome.text.contains("sealed anew under the key new: 22 (of 5 postbacks)"), "\(outcome.text)")
        #expect(outcome.text.contains("cannot be opened: 3"))
        #expect(
            outcome.text.contains("postback 2, basicAuth.password: the sealed value was changed, belongs elsewhere"))
        #expect(
            outcome.text.contains("postback 3, signingSecret: POSTBACKS_ENCRYPTION_KEY has no key with the id lost"))
        #expect(outcome.text.contains("postback 5, requestHeaders.x-api-key: the value is not a sealed one"))
        #expect(outcome.text.contains("the key old is still needed: it has sealed 1"))
        #expect(outcome.text.contains("the key lost is missing"))
        #expect(!outcome.text.contains("the key  "))
        let rows = try connection.run(
            "SELECT count(*) AS count FROM postbacks WHERE basic_auth::text LIKE '%v2.new.%' AND fingerprint LIKE 'v1.new.%'"
        )
        #expect(rows.first?.integer("count") == 4)
    }

    @Test func `one that is killed in the middle has lost nothing, and the next one goes on`() throws {
        let installation = try Installation.sending(to: "http://127.0.0.1:1", on: [], environment: keys(Self.old))
        let inputs = (1...210).map { postback($0, "http://127.0.0.1:1") }
        #expect(try installation.ask("createPostback", all: inputs).allSatisfy { $0["error"] == nil })
        // The first batch goes through, the second one waits for this row.
        let holder = try installation.database.connect()
        _ = try holder.run("BEGIN")
        _ = try holder.run("SELECT FROM postbacks WHERE id = 205 FOR UPDATE")
        let both = keys(Self.new, Self.old)
        let rekey = try ChildProcess(
            Programs.path("postbacks"), ["rekey"],
            environment: Programs.environment(installation.environment.merging(both) { $1 }), output: .null)
        let watcher = try installation.database.connect()
        func sealedAnew() throws -> Int {
            try watcher.run("SELECT count(*) AS count FROM postbacks WHERE signing_secret::text LIKE '%v2.new.%'")
                .first?.integer("count") ?? 0
        }
        try waitUntil("the first batch") { try sealedAnew() == 200 }
        rekey.terminate(SIGKILL)
        #expect(try rekey.wait() == .signaled(SIGKILL))
        _ = try holder.run("COMMIT")
        let outcome = try self.rekey(installation, both)
        #expect(outcome.status == .exited(0), "\(outcome.text)")
        #expect(outcome.text.contains("the key old seals nothing any more"))
        #expect(try sealedAnew() == 210)
        let alone = try Installation.make(on: installation.database, keys(Self.new))
        #expect(try alone.ask("createPostback", inputs[204])["duplicate"] == true)
    }

    @Test func `without a key, and without the tables, it says what is missing`() throws {
        let installation = try Installation.make()
        #expect(try rekey(installation, ["POSTBACKS_ENCRYPTION_KEY": ""]).status == .exited(78))
        let empty = try TestDatabase.make()
        let outcome = try rekey(installation, ["DATABASE_URL": empty.connectionString])
        #expect(outcome.status == .exited(78))
        #expect(outcome.errorText.contains("postbacks migrate"))
    }

    @Test func `an update that read a postback before it was sealed anew does not bring the old seal back`()
        throws
    {
        let installation = try Installation.sending(to: "http://127.0.0.1:1", on: [], environment: keys(Self.old))
        try installation.ask("createPostback", postback(1, "http://127.0.0.1:1"))
        let both = try Installation.make(on: installation.database, keys(Self.new, Self.old))
        // Holds the row, so that the update has read it and waits.
        let holder = try installation.database.connect()
        _ = try holder.run("BEGIN")
        _ = try holder.run("SELECT FROM postbacks WHERE id = 1 FOR UPDATE")
        let update = try ChildProcess(
            Programs.path("updatePostback"), environment: Programs.environment(both.environment), input: .pipe,
            output: .null)
        try update.input?.writeAll(Array(#"{"postbackId":1,"requestParams":{"n":2}}"#.utf8))
        update.input = nil
        let watcher = try installation.database.connect()
        func waiting(_ name: String) throws -> Bool {
            try watcher.run(
                "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = \(name) AND wait_event_type = 'Lock'"
            ).count > 0
        }
        try waitUntil("the update waits") { try waiting("updatePostback") }
        // What rekey would store, in the transaction that the update waits for.
        let keys = try EncryptionKeys(parsing: "\(Self.new),\(Self.old)")
        let stored = try holder.run("SELECT basic_auth ->> 'token' AS token FROM postbacks").first?.text("token") ?? ""
        let token = try JSON(parsing: Array(stored.utf8))["sealed"]?.text ?? ""
        let context = SealContext(
            "postback", id: 1, field: "basicAuth.token", origin: "http://127.0.0.1:1")
        let resealed = try #require(try keys.reseal(token, for: context))
        _ = try holder.run(
            "UPDATE postbacks SET basic_auth = replace(basic_auth::text, \(token), \(resealed))::json WHERE id = 1")
        _ = try holder.run("COMMIT")
        #expect(try update.wait() == .exited(0))
        #expect(try both.ask("listPostbacks", [:]).at("postbacks.0.requestParams.n") == 2)
        let now = try sealed(installation)
        #expect(now.contains(resealed) && !now.contains(token))
    }

    @Test func `an update that comes between reading and sealing anew is not overwritten`() throws {
        let installation = try Installation.sending(to: "http://127.0.0.1:1", on: [], environment: keys(Self.old))
        try installation.ask("createPostback", postback(1, "http://127.0.0.1:1"))
        let holder = try installation.database.connect()
        _ = try holder.run("BEGIN")
        _ = try holder.run("SELECT FROM postbacks WHERE id = 1 FOR UPDATE")
        let rekey = try ChildProcess(
            Programs.path("postbacks"), ["rekey"],
            environment: Programs.environment(installation.environment.merging(keys(Self.new, Self.old)) { $1 }),
            output: .null)
        let watcher = try installation.database.connect()
        try waitUntil("rekey waits") {
            try watcher.run(
                "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'postbacks rekey' AND wait_event_type = 'Lock'"
            ).count > 0
        }
        // Another token, sealed with the old key.
        let context = SealContext(
            "postback", id: 1, field: "basicAuth.token", origin: "http://127.0.0.1:1")
        let other = try EncryptionKeys(parsing: Self.old).seal(Secret("another"), for: context)
        let auth: JSON = ["token": ["sealed": .string(other)], "scheme": "Bearer"]
        _ = try holder.run("UPDATE postbacks SET basic_auth = \(auth.encodedText)::json WHERE id = 1")
        _ = try holder.run("COMMIT")
        #expect(try rekey.wait() == .exited(0))
        let stored = try installation.value("SELECT basic_auth -> 'token' ->> 'sealed' AS value FROM postbacks") ?? ""
        #expect(stored.hasPrefix("v2.new."))
        #expect(try EncryptionKeys(parsing: Self.new).open(stored, for: context) == Secret("another"))
    }

    @Test func `it waits for what was claimed with the old seals`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(manner: .silence))
        let installation = try Installation.sending(to: receiver.url, on: [], environment: keys(Self.old, Self.new))
        try installation.ask("createPostback", postback(1, receiver.url))
        let poller = try RunningPoller(installation, ["POSTBACKS_TIMEOUT": "5", "POSTBACKS_LEASE": "20"])
        try installation.record(["t1"])
        try receiver.wait(until: 1)
        let outcome = try rekey(installation, keys(Self.new, Self.old))
        #expect(outcome.status == .exited(0), "\(outcome.text)")
        #expect(outcome.errorText.contains("waiting for 1 deliveries in flight"))
        #expect(try installation.count("attempts") >= 1)
        withExtendedLifetime(poller) {}
    }
}

extension RunningReceiver {
    fileprivate func wait(until count: Int) throws {
        try waitUntil("\(count) requests") { requests.count >= count }
    }
}
