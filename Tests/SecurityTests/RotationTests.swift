import Glibc
import JSON
import Postgres
import Receiver
import Secrets
import System
import TestSupport
import TestThreads
import Testing
import Text

/// `postbacks rekey`: another key takes over while everything runs; what it seals anew, counts and says.
@Suite(.ownThreads) struct RotationTests: Rotating {
    /// Whether a request contains the secrets of its postback.
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

        let step1 = try Installation.make(on: first.database, keys(Self.old, Self.new))
        let step2 = try Installation.make(on: first.database, keys(Self.new, Self.old))
        let step3 = try Installation.make(on: first.database, keys(Self.new))
        let load = RotationLoad(first)
        try first.withPoller { _ in try receiver.wait(until: 50) }
        try step1.withPoller { _ in load.installation = step1 }

        try step2.withPoller { _ in
            load.installation = step2
            // With the old key first the load may have sealed until here.
            try load.waitForTurn()
            let outcome = try rekey(step2, keys(Self.new, Self.old))
            #expect(outcome.status == .exited(0), "\(outcome.text)\(outcome.errorText)")
            #expect(outcome.text.contains("(of 260 postbacks)"), "\(outcome.text)")
            #expect(outcome.text.contains("the key old is not used any more: it may be removed"))
            try load.waitForTurn()
            #expect(try !sealed(step2).contains(".old."))
            #expect(try first.value(versions) == versionsBefore)
        }

        try step3.withPoller { _ in
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
                try step3.value("SELECT count(*)::text AS value FROM attempts WHERE error ->> 'code' = 'secret'") == "0"
            )
            // The last update of all stands.
            #expect(
                try step3.ask("listPostbacks", ["postbackId": 1]).at("postbacks.0.requestHeaders.X-Plain")
                    == .string("shown \(load.updates)"))
        }
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
        try installation.withPoller { _ in
            try installation.record(["t1"])
            try installation.wait(for: 2, in: "delivered")
            let outcome = try rekey(installation, keys(Self.old))
            #expect(outcome.status == .exited(0), "\(outcome.text)\(outcome.errorText)")
            #expect(outcome.text.contains("sealed anew under the key old: 3 (of 1 postbacks)"), "\(outcome.text)")
            #expect(outcome.text.contains("sealed under it already: 7"), "\(outcome.text)")
            let columns =
                try installation.value(
                    "SELECT concat(basic_auth, request_headers, signing_secret) AS value FROM postbacks WHERE id = 1")
                ?? ""
            #expect(!columns.contains("v1.") && columns.matches(of: /v2\.old\./).count == 3)
            try installation.record(["t2"])
            try installation.wait(for: 4, in: "delivered")
            #expect(receiver.requests.allSatisfy(isRight))
        }
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
            outcome.text.contains("postback 2, basicAuth.password: the sealed value was changed"))
        #expect(
            outcome.text.contains("postback 3, signingSecret: POSTBACKS_ENCRYPTION_KEY has no key with the id lost"))
        #expect(outcome.text.contains("postback 5, requestHeaders.x-api-key: the value is not sealed"))
        #expect(outcome.text.contains("the key old is still needed: it has sealed 1"))
        #expect(outcome.text.contains("the key lost is missing"))
        #expect(!outcome.text.contains("the key  "))
        let rows = try connection.run(
            "SELECT count(*) AS count FROM postbacks WHERE basic_auth::text LIKE '%v2.new.%' AND fingerprint LIKE 'v1.new.%'"
        )
        #expect(rows.first?.integer("count") == 4)
    }

    @Test func `without a key, and without the tables, it says what is missing`() throws {
        let installation = try Installation.make()
        #expect(try rekey(installation, ["POSTBACKS_ENCRYPTION_KEY": ""]).status == .exited(78))
        let empty = try TestDatabase.make()
        let outcome = try rekey(installation, ["DATABASE_URL": empty.connectionString])
        #expect(outcome.status == .exited(78))
        #expect(outcome.errorText.contains("postbacks migrate"))
    }

}
