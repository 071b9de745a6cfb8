import JSON
import Postgres
import Receiver
import Store
import System
import TestSupport
import TestThreads
import Testing

/// Tests how a change of a postback affects its secrets.
@Suite(.ownThreads) struct UpdatedSecretsTests {
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
        // A new secret needs the key, and replaces only the old one.
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
        // A secret that does not open prevents the change until it is given again.
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
}
