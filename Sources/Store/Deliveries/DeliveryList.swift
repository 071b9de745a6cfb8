package import FunctionRuntime
package import JSON
package import Postbacks
import Postgres

/// Which deliveries to list; nil does not filter.
package struct DeliveryFilter: Sendable {
    package let conversionID: Int?
    package let postbackID: Int?
    package let affiliateID: String?
    package let state: DeliveryState?
    /// Owed at this time or later.
    package let since: Timestamp?
    /// Owed before this time.
    package let until: Timestamp?

    package init(_ fields: inout Fields) {
        conversionID = fields.optional("conversionId", .madeHere)
        postbackID = fields.optional("postbackId", .madeHere)
        affiliateID = fields.optional("affiliateId", .identifier)
        state = fields.optional("state", .deliveryState)
        since = fields.optional("since", .timestamp)
        until = fields.optional("until", .timestamp)
    }

    /// Filters nothing.
    static let none: DeliveryFilter = {
        var fields = Fields([])
        return DeliveryFilter(&fields)
    }()

    /// Whether it filters nothing.
    var isEmpty: Bool {
        conversionID == nil && postbackID == nil && affiliateID == nil && state == nil && since == nil && until == nil
    }
}

extension Rule<DeliveryFilter> {
    /// With at least one condition.
    static var deliveryFilter: Rule {
        let filter: Rule = object { fields in DeliveryFilter(&fields) }
        func schema() -> JSON {
            let names = (filter.schema["properties"] ?? .null).members.map(\.name)
            return [
                "anyOf": .array(
                    names.map { name in
                        [
                            "required": [.string(name)],
                            "properties": .object([JSON.Member(name, ["not": ["type": "null"]])]),
                        ]
                    })
            ]
        }
        return filter.parsed(placeholder: DeliveryFilter.none, schema: schema()) { filter throws(Wrong) in
            guard !filter.isEmpty else { throw Wrong("must name at least one condition") }
            return filter
        }
    }
}

/// Deliveries, owed and finished, each with its attempts.
package struct DeliveryList {
    private let database: Database

    package init(_ database: Database) {
        self.database = database
    }

    /// One page in the order of the ids.
    package func page(_ filter: DeliveryFilter, _ page: Page) throws(FunctionError) -> ListedPage {
        try page.rows("deliveries") { after, count throws(FunctionError) in
            let rows = try database.run(
                .listDeliveries,
                [
                    .optional(filter.conversionID), .optional(filter.postbackID), .optional(filter.affiliateID),
                    .optional(filter.state?.rawValue), .optional(filter.since?.description),
                    .optional(filter.until?.description), .text(after ?? "0"), .int(count),
                ])
            return rows.map { ($0.text("id") ?? "", $0.json("delivery")) }
        }
    }
}
