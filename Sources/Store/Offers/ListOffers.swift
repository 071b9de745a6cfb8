import JSON
import Postgres

/// The part of a list of offers or affiliates to read.
struct NamedRange {
    /// Limits the list to the one with this id; nil does not.
    var id: String?
    /// The order of creation; nil for the order of the ids.
    let order: ListOrder?
    /// The cursor of the row behind which the part begins: an id, or a time and an id. Nil for the start of the list.
    let after: String?
    let count: Int

    fileprivate var arguments: Arguments {
        let place = order == nil ? nil : after.flatMap(TimedPlace.init)
        return [
            "by_time": .bool(order != nil), "after_time": .text(place?.time ?? "-infinity"),
            "after_id": .optional(order == nil ? after : place?.id), "count": .int(count), "id": .optional(id),
        ]
    }
}

/// Lists offers as JSON.
struct ListOffers: StoredCall {
    let range: NamedRange

    private static let oldest = Statement(
        list: "list_offers", bytes: PackageResources.list_offers_sql, in: .oldest)
    private static let newest = Statement(
        list: "list_offers", bytes: PackageResources.list_offers_sql, in: .newest)
    static var statement: Statement { oldest }
    var statement: Statement { range.order == .newest ? Self.newest : Self.oldest }

    var arguments: Arguments { range.arguments }

    func answer(_ rows: Rows) throws(PostgresError) -> [ListedRow] {
        try rows.map { row throws(PostgresError) in
            ListedRow(place: try row.required("cursor"), json: try row.requiredJSON("offer"))
        }
    }
}

/// Lists affiliates as JSON.
struct ListAffiliates: StoredCall {
    let range: NamedRange

    private static let oldest = Statement(
        list: "list_affiliates", bytes: PackageResources.list_affiliates_sql, in: .oldest)
    private static let newest = Statement(
        list: "list_affiliates", bytes: PackageResources.list_affiliates_sql, in: .newest)
    static var statement: Statement { oldest }
    var statement: Statement { range.order == .newest ? Self.newest : Self.oldest }

    var arguments: Arguments { range.arguments }

    func answer(_ rows: Rows) throws(PostgresError) -> [ListedRow] {
        try rows.map { row throws(PostgresError) in
            ListedRow(place: try row.required("cursor"), json: try row.requiredJSON("affiliate"))
        }
    }
}
