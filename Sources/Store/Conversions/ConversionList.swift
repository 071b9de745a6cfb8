package import FunctionRuntime
package import JSON
package import Postbacks
import Postgres

/// Which conversions to list; nil does not filter.
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
}

/// Conversions.
package struct ConversionList {
    private let database: Database

    package init(_ database: Database) {
        self.database = database
    }

    /// One page in the order of the ids.
    /// - Throws: `not_found` where there is none and the offer or the affiliate is nobody's.
    package func page(_ filter: ConversionFilter, _ page: Page) throws(FunctionError) -> ListedPage {
        let listed = try page.rows("conversions") { after, count throws(FunctionError) in
            let list = Call(
                ListStatement.conversions[page.order ?? .oldest],
                [
                    .optional(filter.offerID), .optional(filter.affiliateID), .optional(filter.goalID),
                    .optional(filter.status?.rawValue), .optional(filter.transactionID), .optional(filter.clickID),
                    .optional(filter.since?.description), .optional(filter.until?.description),
                    .text(after ?? page.start), .int(count),
                ])
            let rows = try database.run([[.plansAnew, list]])[0][1]
            return rows.map { ($0.text("id") ?? "", .encoded($0.text("conversion") ?? "null")) }
        }
        if listed.rows.isEmpty {
            try NamedIDs(offer: filter.offerID, affiliate: filter.affiliateID).require(in: database)
        }
        return listed
    }
}

extension FunctionError {
    static func unknownConversion(_ id: Int) -> FunctionError {
        .notFound("conversionId", "there is no conversion \(id)")
    }
}
