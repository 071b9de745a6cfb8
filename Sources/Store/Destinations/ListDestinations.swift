import JSON
import Postgres

/// Lists destinations as JSON, in the order of their ids.
struct ListDestinations: StoredCall {
    let filter: DestinationFilter
    let order: ListOrder
    /// The id behind which the list begins.
    let after: String
    let count: Int

    private static let oldest = Statement(
        list: "list_destinations", bytes: PackageResources.list_destinations_sql, in: .oldest)
    private static let newest = Statement(
        list: "list_destinations", bytes: PackageResources.list_destinations_sql, in: .newest)
    static var statement: Statement { oldest }
    var statement: Statement { order == .newest ? Self.newest : Self.oldest }

    var arguments: Arguments {
        [
            "origins": filter.destinations.map { .array($0) } ?? .null, "is_blocked": .optional(filter.isBlocked),
            "after_id": .text(after), "count": .int(count),
        ]
    }

    func answer(_ rows: Rows) throws(PostgresError) -> [ListedRow] {
        try rows.map { row throws(PostgresError) in
            ListedRow(place: try row.required("id"), json: try row.requiredJSON("destination"))
        }
    }
}
