package import Input
import Postgres

/// The kinds of postbacks to include besides those for one offer and one affiliate.
package struct PostbackKinds: Sendable {
    /// Postbacks for every offer of an affiliate.
    let everyOffer: Bool
    /// Postbacks for every affiliate of an offer, which are the network's own.
    let everyAffiliate: Bool

    static let all = PostbackKinds(everyOffer: true, everyAffiliate: true)

    /// The names of the fields.
    package static let names = (everyOffer: "everyOffer", everyAffiliate: "everyAffiliate")

    private init(everyOffer: Bool, everyAffiliate: Bool) {
        self.everyOffer = everyOffer
        self.everyAffiliate = everyAffiliate
    }

    /// The meanings describe what the fields include.
    package init(
        _ fields: inout Fields,
        everyOffer offerMeaning: String = "Whether to include the postbacks for every offer.",
        everyAffiliate affiliateMeaning: String = "Whether to include the network's own postbacks, for every affiliate."
    ) {
        everyOffer = fields.optional(PostbackKinds.names.everyOffer, .boolean, default: true, offerMeaning)
        everyAffiliate = fields.optional(PostbackKinds.names.everyAffiliate, .boolean, default: true, affiliateMeaning)
    }

    /// The arguments as the statements take them.
    var arguments: Arguments { ["every_offer": .bool(everyOffer), "every_affiliate": .bool(everyAffiliate)] }
}
