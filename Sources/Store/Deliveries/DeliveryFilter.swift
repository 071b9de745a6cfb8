package import Domain
import FunctionRuntime
package import Input
import JSON
import Postgres

/// Which deliveries to select; a nil filter is not applied.
package struct DeliveryFilter: Sendable {
    package let deliveryID: Int?
    package let conversionID: Int?
    package let offerID: String?
    /// The tracker's id of their conversion.
    package let transactionID: String?
    package let clickID: String?
    package let postbackID: Int?
    package let affiliateID: String?
    /// The origins of the destination; a delivery to any of them matches.
    package let destinations: [String]?
    /// The status of the answer to the last attempt.
    package let httpStatus: HTTPStatusRange?
    /// The error of the last attempt.
    package let errorCode: String?
    package let state: DeliveryState?
    /// Owed at this time or later.
    package let since: Timestamp?
    /// Owed before this time.
    package let until: Timestamp?
    /// Whether to include deliveries of postbacks for every affiliate. This alone is no condition.
    let everyAffiliate: Bool

    package init(_ fields: inout Fields) {
        deliveryID = fields.optional("deliveryId", .assignedID)
        conversionID = fields.optional("conversionId", .assignedID)
        offerID = fields.optional("offerId", .identifier)
        transactionID = fields.optional("transactionId", .trackingID)
        clickID = fields.optional("clickId", .trackingID)
        postbackID = fields.optional("postbackId", .assignedID)
        affiliateID = fields.optional("affiliateId", .identifier)
        destinations = fields.optional("destination", .origins)
        httpStatus = fields.optional("httpStatus", .httpStatusRange)
        errorCode = fields.optional("errorCode", .deliveryErrorCode)
        state = fields.optional("state", .deliveryState)
        since = fields.optional("since", .timestamp)
        until = fields.optional("until", .timestamp)
        everyAffiliate = fields.optional(
            PostbackKinds.names.everyAffiliate, .boolean, default: true,
            "Whether to include the deliveries of the network's own postbacks, for every affiliate.")
    }

    /// The filter without a condition.
    static let none: DeliveryFilter = {
        var fields = Fields([])
        return DeliveryFilter(&fields)
    }()

    /// Whether the filter has no condition.
    var isEmpty: Bool { lookup == .all && state == nil && since == nil && until == nil }

    /// The filter by which the rows are looked up: the most selective of those given. All others are applied to the
    /// rows found.
    enum Lookup: String {
        case delivery, conversion, postback, destination, affiliate, offer, status, error, all
    }

    var lookup: Lookup {
        if deliveryID != nil { return .delivery }
        if conversionID != nil || transactionID != nil || clickID != nil { return .conversion }
        if postbackID != nil { return .postback }
        if destinations != nil { return .destination }
        if affiliateID != nil { return .affiliate }
        if offerID != nil { return .offer }
        if httpStatus != nil { return .status }
        return errorCode != nil ? .error : .all
    }

    /// The arguments as the statements take them, without the times.
    var arguments: Arguments {
        [
            "delivery_id": .optional(deliveryID), "conversion_id": .optional(conversionID),
            "transaction_id": .optional(transactionID), "click_id": .optional(clickID),
            "postback_id": .optional(postbackID), "affiliate_id": .optional(affiliateID),
            "offer_id": .optional(offerID), "origins": destinations.map { .array($0) } ?? .null,
            "status_from": .optional(httpStatus?.statuses.lowerBound),
            "status_until": .optional(httpStatus?.statuses.upperBound), "error_code": .optional(errorCode),
            "state": .optional(state?.rawValue), "every_affiliate": .bool(everyAffiliate),
        ]
    }

    /// - Throws: `not_found` for ids that do not exist.
    func requireKnown(in database: Database, at path: Path = .root) throws(FunctionError) {
        try NamedIDs(
            offer: offerID, affiliate: affiliateID, postback: postbackID, conversion: conversionID,
            delivery: deliveryID, destinations: destinations
        ).require(in: database, at: path)
    }
}

extension Rule<DeliveryFilter> {
    /// A filter with at least one condition.
    static var deliveryFilter: Rule {
        object { fields in DeliveryFilter(&fields) }.notEmpty(
            "must name at least one condition", ignoring: [PostbackKinds.names.everyAffiliate], \.isEmpty)
    }
}
