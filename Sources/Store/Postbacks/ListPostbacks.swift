import Domain
import JSON
import Postgres

/// Lists postbacks that are not deleted, in the order of their ids.
struct ListPostbacks: StoredCall {
    var filter: PostbackFilter
    /// Limits the list to these ids; nil does not.
    var ids: [Int]?
    var order = ListOrder.oldest
    /// The id behind which the list begins.
    var after = "0"
    let count: Int

    private static let oldest = Statement(
        list: "list_postbacks", bytes: PackageResources.list_postbacks_sql, in: .oldest)
    private static let newest = Statement(
        list: "list_postbacks", bytes: PackageResources.list_postbacks_sql, in: .newest)
    static var statement: Statement { oldest }
    var statement: Statement { order == .newest ? Self.newest : Self.oldest }

    /// Lists the postbacks that match a filter.
    init(_ filter: PostbackFilter, order: ListOrder, after: String, count: Int) {
        self.filter = filter
        ids = filter.postbackIDs
        self.order = order
        self.after = after
        self.count = count
    }

    /// Lists the postbacks with these ids.
    init(ids: [Int]) {
        filter = .none
        self.ids = ids
        count = ids.count
    }

    var arguments: Arguments {
        [
            "postback_ids": ids.map(Parameter.integers) ?? .null, "offer_id": .optional(filter.offerID),
            "affiliate_id": .optional(filter.affiliateID), "goal_id": .optional(filter.goalID),
            "conversion_status": .optional(filter.conversionStatus?.rawValue),
            "active": .optional(filter.isActive), "paused": .optional(filter.isPaused),
            "origins": filter.destinations.map { .array($0) } ?? .null, "after_id": .text(after), "count": .int(count),
            "exact": .bool(filter.isExact),
        ] + filter.kinds.arguments
    }

    func answer(_ rows: Rows) throws(PostgresError) -> [StoredPostback] {
        try rows.map { row throws(PostgresError) in try StoredPostback(row) }
    }
}

/// Finds out whether a postback is deleted and whether it is active; nil if it never existed.
struct FindPostback: StoredCall {
    let postbackID: Int

    struct Found {
        let isDeleted: Bool
        let isActive: Bool
    }

    static let statement = Statement(name: "find_postback", bytes: PackageResources.find_postback_sql)

    var arguments: Arguments { ["postback_id": .int(postbackID)] }

    func answer(_ rows: Rows) throws(PostgresError) -> Found? {
        guard let row = rows.first else { return nil }
        return Found(isDeleted: try row.required("deleted"), isActive: try row.required("active"))
    }
}

/// Names the given postbacks that do not exist or are deleted, as a list for people; nil if there are none.
struct FindUnknownPostbacks: StoredCall {
    let ids: [Int]

    static let statement = Statement(
        name: "find_unknown_postbacks", bytes: PackageResources.find_unknown_postbacks_sql)

    var arguments: Arguments { ["postback_ids": .integers(ids)] }

    func answer(_ rows: Rows) throws(PostgresError) -> String? { try rows.single().optional("unknown") }
}
