package import Domain
package import Input
import JSON

/// Which postbacks to list; a nil filter is not applied.
package struct PostbackFilter: Sendable {
    /// The ids; a postback with any of them matches.
    package let postbackIDs: [Int]?
    package let offerID: String?
    package let affiliateID: String?
    package let goalID: String?
    package let conversionStatus: ConversionStatus?
    package let isActive: Bool?
    package let isPaused: Bool?
    /// The origins of the URLs; a postback with any of them matches.
    package let destinations: [String]?
    /// Whether an offer or affiliate selects only its own postbacks, and not those for every offer or affiliate.
    let isExact: Bool
    let kinds: PostbackKinds

    package init(_ fields: inout Fields) {
        postbackIDs = fields.optional("postbackId", .assignedID).map { [$0] }
        offerID = fields.optional("offerId", .identifier)
        affiliateID = fields.optional("affiliateId", .identifier)
        goalID = fields.optional("goalId", .identifier)
        conversionStatus = fields.optional("conversionStatus", .conversionStatus)
        isActive = fields.optional("active", .boolean)
        isPaused = fields.optional("paused", .boolean)
        destinations = fields.optional("destination", .origins)
        kinds = PostbackKinds(&fields)
        isExact = false
    }

    /// The filter of a function that changes all postbacks that it selects.
    init(ofChanges fields: inout Fields) {
        postbackIDs = fields.optional(
            "postbackIds", .list(of: .assignedID, count: 1...PostbackFilter.idLimit), "The ids of the postbacks.")
        offerID = fields.optional(
            "offerId", .identifier, "The offer; \"*\" selects the postbacks for every offer, and only those.")
        affiliateID = fields.optional(
            "affiliateId", .identifier,
            "The affiliate; \"*\" selects the postbacks for every affiliate, and only those.")
        goalID = fields.optional("goalId", .identifier)
        conversionStatus = fields.optional("conversionStatus", .conversionStatus)
        destinations = fields.optional("destination", .origins)
        isActive = fields.optional("active", .boolean)
        isPaused = fields.optional("isPaused", .boolean, "Whether it is paused.")
        kinds = .all
        isExact = true
    }

    private static let idLimit = 1000

    /// The ids in the filter that must exist. A star stands for all and is not looked up.
    var named: NamedIDs {
        func id(_ text: String?) -> String? { text == NewPostback.all ? nil : text }
        return NamedIDs(offer: id(offerID), affiliate: id(affiliateID))
    }

    /// Whether the filter has no condition.
    var isEmpty: Bool {
        postbackIDs == nil && offerID == nil && affiliateID == nil && goalID == nil && conversionStatus == nil
            && isActive == nil && isPaused == nil && destinations == nil
    }

    /// The filter without a condition.
    static let none: PostbackFilter = {
        var fields = Fields([])
        return PostbackFilter(&fields)
    }()
}
