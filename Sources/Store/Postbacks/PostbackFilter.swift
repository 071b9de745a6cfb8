package import Domain
package import Input
import JSON

/// Which postbacks to list; a nil filter is not applied.
package struct PostbackFilter: Sendable {
    package let postbackID: Int?
    package let offerID: String?
    package let affiliateID: String?
    package let goalID: String?
    package let conversionStatus: ConversionStatus?
    package let isActive: Bool?
    package let isPaused: Bool?
    /// The origins of the URLs; a postback with any of them matches.
    package let destinations: [String]?

    package init(_ fields: inout Fields) {
        postbackID = fields.optional("postbackId", .assignedID)
        offerID = fields.optional("offerId", .identifier)
        affiliateID = fields.optional("affiliateId", .identifier)
        goalID = fields.optional("goalId", .identifier)
        conversionStatus = fields.optional("conversionStatus", .conversionStatus)
        isActive = fields.optional("active", .boolean)
        isPaused = fields.optional("paused", .boolean)
        destinations = fields.optional("destination", .origins)
    }

    /// The ids in the filter that must exist. A star stands for all and is not looked up.
    var named: NamedIDs {
        func id(_ text: String?) -> String? { text == NewPostback.all ? nil : text }
        return NamedIDs(offer: id(offerID), affiliate: id(affiliateID))
    }

    /// The filter without a condition.
    static let none: PostbackFilter = {
        var fields = Fields([])
        return PostbackFilter(&fields)
    }()
}
