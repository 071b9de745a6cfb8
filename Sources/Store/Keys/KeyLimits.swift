package import FunctionRuntime

/// The affiliate and the offer to which a key is limited; nil does not limit.
package struct KeyLimits: Sendable, Equatable {
    package let affiliateID: String?
    package let offerID: String?

    package static let none = KeyLimits()

    package init(affiliateID: String? = nil, offerID: String? = nil) {
        self.affiliateID = affiliateID
        self.offerID = offerID
    }

    package var isNone: Bool { affiliateID == nil && offerID == nil }

    /// The limits in words, such as `the affiliate a1 and the offer o1`.
    package var words: String {
        [affiliateID.map { "the affiliate \($0)" }, offerID.map { "the offer \($0)" }].compactMap(\.self)
            .joined(separator: " and ")
    }

    /// - Throws: `not_found` for an affiliate or an offer that does not exist.
    package func requireKnown(in database: Database) throws(FunctionError) {
        try NamedIDs(offer: offerID, affiliate: affiliateID).require(in: database)
    }
}
