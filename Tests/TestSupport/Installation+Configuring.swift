package import JSON

/// The offer `o`, the affiliate `a` and the postbacks with which most tests begin. Each input names only what differs.
extension Installation {
    /// Makes an offer, an affiliate, and postbacks of the two. `offer` is members for configureOffer, such as `goals`.
    /// `affiliate` is members for configureAffiliate. `postbacks` are members for createPostback, for each postback.
    /// Returns the ids of the postbacks.
    @discardableResult
    package func configure(
        offer: JSON = [:], affiliate: JSON = [:], postbacks: [JSON] = []
    ) throws -> [Int] {
        let offer = (["offerId": "o"] as JSON).merging(offer)
        let affiliate = (["affiliateId": "a"] as JSON).merging(affiliate)
        try ask("configureOffer", offer)
        try ask("configureAffiliate", affiliate)
        let pair: JSON = ["offerId": offer["offerId"] ?? .null, "affiliateId": affiliate["affiliateId"] ?? .null]
        if postbacks.isEmpty { return [] }
        let inputs = postbacks.map { Installation.postback(pair.merging($0)) }
        return try ask("createPostback", all: inputs).map { answer in
            guard let id = answer.at("postback.id")?.integer else {
                throw DidNotHappen(description: "createPostback succeeds, but \(answer.encodedText)")
            }
            return id
        }
    }

    /// The input of createPostback for a GET request on `pending`, changed by `members`.
    package static func postback(_ members: JSON = [:]) -> JSON {
        let usual: JSON = [
            "offerId": "o", "affiliateId": "a", "conversionStatus": "pending", "httpType": "GET",
            "url": "http://127.0.0.1:1/?s={status}",
        ]
        return usual.merging(members)
    }

    /// Creates a postback and returns its id.
    @discardableResult
    package func createPostback(_ members: JSON = [:]) throws -> Int {
        try ask("createPostback", Installation.postback(members)).at("postback.id")?.integer ?? 0
    }
}
