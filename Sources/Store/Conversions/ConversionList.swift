package import Domain
package import FunctionRuntime
package import Input
import Postgres

/// Which conversions to list; a nil filter is not applied.
package struct ConversionFilter: Sendable {
    package let offerID: String?
    package let affiliateID: String?
    package let goalID: String?
    package let status: ConversionStatus?
    package let transactionID: String?
    package let clickID: String?
    /// Recorded at this time or later.
    package let since: Timestamp?
    /// Recorded before this time.
    package let until: Timestamp?

    package init(_ fields: inout Fields) {
        offerID = fields.optional("offerId", .identifier)
        affiliateID = fields.optional("affiliateId", .identifier)
        goalID = fields.optional("goalId", .identifier)
        status = fields.optional("status", .conversionStatus)
        transactionID = fields.optional("transactionId", .trackingID)
        clickID = fields.optional("clickId", .trackingID)
        since = fields.optional("since", .timestamp)
        until = fields.optional("until", .timestamp)
    }

    /// The filter by which the rows are looked up: the most selective of those given. All others are applied to the
    /// rows found.
    enum Lookup: String {
        case key, affiliate, offer, all
    }

    var lookup: Lookup {
        if transactionID != nil || clickID != nil { return .key }
        if affiliateID != nil { return .affiliate }
        return offerID != nil ? .offer : .all
    }
}

/// Lists conversions.
package struct ConversionList {
    private let database: Database

    package init(_ database: Database) {
        self.database = database
    }

    /// One page in the order of the times when the conversions were recorded, and of their ids where the times are
    /// equal.
    /// - Throws: `not_found` if the page is empty and the offer or the affiliate does not exist.
    package func page(_ filter: ConversionFilter, _ page: Page) throws(FunctionError) -> ListedPage {
        let listed = try page.rows("conversions") { after, count throws(FunctionError) in
            try database.run(
                ListConversions(filter: filter, order: page.order ?? .oldest, after: after, count: count),
                planned: .once)
        }
        if listed.rows.isEmpty {
            try NamedIDs(offer: filter.offerID, affiliate: filter.affiliateID).require(in: database)
        }
        return listed
    }
}

extension FunctionError {
    package static func unknownConversion(_ id: Int) -> FunctionError {
        .notFound("conversionId", "there is no conversion \(id)")
    }
}
