import JSON
import Postgres
import System
import TestSupport
import Text

/// What the tests of `postbacks rekey` have in common: two keys, and postbacks whose secrets stand in every place.
protocol Rotating {}

extension Rotating {
    static var old: String { Installation.encryptionKey("old", 1) }
    static var new: String { Installation.encryptionKey("new", 2) }
    static var signingSecret: String { "whsec_\(Base64.encode(Array("a signing secret of 24+ bytes".utf8)))" }

    func keys(_ keys: String...) -> [String: String] {
        ["POSTBACKS_ENCRYPTION_KEY": keys.joined(separator: ",")]
    }

    func rekey(_ installation: Installation, _ keys: [String: String], _ arguments: [String] = []) throws
        -> ChildProcess.Outcome
    {
        try Programs.run(
            "postbacks", ["rekey"] + arguments, environment: installation.environment.merging(keys) { $1 })
    }

    /// What stands in the columns with secrets, of all postbacks.
    func sealed(_ installation: Installation) throws -> String {
        try installation.value(
            "SELECT string_agg(concat_ws(' ', id, basic_auth, request_params, request_headers, signing_secret, fingerprint), ' ' ORDER BY id) AS value FROM postbacks"
        ) ?? ""
    }

    func postback(_ number: Int, _ url: String, offer: String = "o") -> JSON {
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
}

extension RunningReceiver {
    func wait(until count: Int) throws {
        try waitUntil("\(count) requests") { requests.count >= count }
    }
}
