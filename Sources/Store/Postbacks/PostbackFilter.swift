package import JSON
package import Postbacks

/// Which postbacks to list; nil does not filter.
package struct PostbackFilter: Sendable {
    package let postbackID: Int?
    package let offerID: String?
    package let affiliateID: String?
    package let goalID: String?
    package let conversionStatus: ConversionStatus?

    package init(_ fields: inout Fields) {
        postbackID = fields.optional("postbackId", .madeHere)
        offerID = fields.optional("offerId", .identifier)
        affiliateID = fields.optional("affiliateId", .identifier)
        goalID = fields.optional("goalId", .identifier)
        conversionStatus = fields.optional("conversionStatus", .conversionStatus)
    }
}
