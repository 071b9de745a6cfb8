import Domain
package import FunctionRuntime
package import Input
package import JSON
import Postgres

/// The id of a record of any kind.
package struct RecordSearch: Sendable {
    package let text: String
    /// The offer to whose records the search is limited; nil does not limit it.
    package let offerID: String?
    package let affiliateID: String?
    let kinds: PostbackKinds

    package init(_ fields: inout Fields) {
        text = fields.required("text", .trackingID, "The whole id; parts of ids are not found.")
        offerID = fields.optional("offerId", .identifier, "Only what belongs to this offer.")
        affiliateID = fields.optional("affiliateId", .identifier, "Only what belongs to this affiliate.")
        kinds = PostbackKinds(
            &fields,
            everyOffer:
                "Whether to include what concerns every offer: postbacks for every offer, and affiliates, except affiliateId if both are false.",
            everyAffiliate:
                "Whether to include what concerns every affiliate: the network's own postbacks with their deliveries, and offers, except offerId if both are false."
        )
    }

    /// The text as an id that this system assigns; nil if it is none.
    var number: Int? {
        guard let number = Int(text), number > 0, String(number) == text else { return nil }
        return number
    }
}

/// The kind of record that has the id.
package struct FoundRecords: FunctionOutput {
    private let matches: [JSON]
    /// Whether there are more conversions than are returned.
    private let hasMore: Bool

    fileprivate init(_ found: FindRecords.Answer, limit: Int) {
        matches = found.conversions.prefix(limit) + found.others
        hasMore = found.conversions.count > limit
    }

    package var json: JSON {
        let matches: JSON = ["matches": .array(matches)]
        return hasMore ? matches.merging(["more": true]) : matches
    }

    package static let schema = Schema.object(
        [
            "matches": Schema.list(
                Schema.object(
                    [
                        "kind": Schema.oneOf(["conversion", "delivery", "postback", "offer", "affiliate"]),
                        "id": ["type": ["integer", "string"]],
                        "matched": Schema.oneOf(["id", "transactionId", "clickId"]),
                    ],
                    optional: [
                        "offerId": Schema.textOrNull, "affiliateId": Schema.textOrNull, "goalId": Schema.textOrNull,
                        "transactionId": Schema.textOrNull, "clickId": Schema.textOrNull,
                        "status": Schema.conversionStatus, "createdAt": Schema.time,
                        "state": Schema.oneOf(DeliveryState.allCases.map(\.rawValue)), "postbackId": Schema.integer,
                        "conversionId": Schema.integer, "conversionStatus": Schema.conversionStatus,
                        "url": Schema.text, "active": Schema.boolean, "deleted": Schema.boolean, "name": Schema.text,
                    ]))
        ],
        optional: ["more": Schema.boolean])
}

/// Finds records by their ids.
package struct RecordFinder {
    /// The maximum of records of one kind.
    private static let limit = 20

    private let database: Database

    package init(_ database: Database) {
        self.database = database
    }

    /// All records that have the id.
    package func find(_ search: RecordSearch) throws(FunctionError) -> FoundRecords {
        let limit = RecordFinder.limit
        return FoundRecords(
            try database.run(FindRecords(search: search, limit: limit + 1), planned: .anew), limit: limit)
    }
}
