import JSON
import TestSupport

/// The usual cast: an offer `o` with goals `g1` and `g2`, and an affiliate `a`.
extension Installation {
    static func withOffer(goalsEnabled: Bool = true, environment: [String: String] = [:]) throws -> Installation {
        let installation = try Installation.make(environment)
        try installation.configureOffer("o", goalsEnabled: goalsEnabled)
        try installation.ask("configureAffiliate", ["affiliateId": "a", "name": "Ada"])
        return installation
    }

    func configureOffer(_ id: String, goalsEnabled: Bool) throws {
        let goals: JSON = [["id": "g1", "name": "Install"], ["id": "g2", "name": "Deposit"]]
        try ask("configureOffer", ["offerId": .string(id), "goalsEnabled": .bool(goalsEnabled), "goals": goals])
    }

    /// What createPostback takes: on `pending` of offer `o` and affiliate `a`, unless `more` says otherwise.
    static func postback(_ more: JSON = [:]) -> JSON {
        let usual: JSON = [
            "offerId": "o", "affiliateId": "a", "conversionStatus": "pending", "url": "http://127.0.0.1:1/?s={status}",
            "httpType": "GET",
        ]
        return usual.merging(more)
    }

    /// Creates it; answers its id.
    func createPostback(_ more: JSON = [:]) throws -> Int {
        try ask("createPostback", Self.postback(more)).at("postback.id")?.integer ?? 0
    }

    /// What recordConversion takes: of offer `o` and affiliate `a`, unless `more` says otherwise.
    static func conversion(_ more: JSON) -> JSON { (["offerId": "o", "affiliateId": "a"] as JSON).merging(more) }

    @discardableResult
    func record(_ more: JSON) throws -> JSON { try ask("recordConversion", Self.conversion(more)) }

    @discardableResult
    func update(_ input: JSON) throws -> JSON { try ask("updateConversionStatus", input) }
}

extension JSON {
    /// Of a recording or an update: the postbacks that fired.
    var fired: [Int] { (self["deliveries"]?.items ?? []).compactMap { $0["postbackId"]?.integer }.sorted() }
}
