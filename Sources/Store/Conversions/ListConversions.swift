import Domain
import JSON
import Postgres

/// Lists conversions in the order of the times when they were recorded.
struct ListConversions: StoredCall {
    let filter: ConversionFilter
    let order: ListOrder
    /// The cursor of the row behind which the page begins; nil for the first page.
    let after: String?
    let count: Int

    private static let oldest = Statement(
        list: "list_conversions", bytes: PackageResources.list_conversions_sql, in: .oldest)
    private static let newest = Statement(
        list: "list_conversions", bytes: PackageResources.list_conversions_sql, in: .newest)
    static var statement: Statement { oldest }
    var statement: Statement { order == .newest ? Self.newest : Self.oldest }

    var arguments: Arguments {
        let range = TimedRange(since: filter.since, until: filter.until, order, after: after)
        return [
            "lookup": .text(filter.lookup.rawValue), "transaction_id": .optional(filter.transactionID),
            "offer_id": .optional(filter.offerID), "click_id": .optional(filter.clickID),
            "affiliate_id": .optional(filter.affiliateID), "goal_id": .optional(filter.goalID),
            "status": .optional(filter.status?.rawValue), "count": .int(count),
        ] + range.arguments
    }

    func answer(_ rows: Rows) throws(PostgresError) -> [ListedRow] {
        try rows.map { row throws(PostgresError) in
            ListedRow(place: try row.required("cursor"), json: .encoded(try row.required("conversion")))
        }
    }
}
