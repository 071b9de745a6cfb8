import Domain
import Postgres

/// Reserves ids for postbacks that are about to be created.
struct NextPostbackIDs: StoredCall {
    let count: Int

    static let statement = Statement(name: "next_postback_ids", bytes: PackageResources.next_postback_ids_sql)

    var arguments: Arguments { ["count": .int(count)] }

    func answer(_ rows: Rows) throws(PostgresError) -> [Int] {
        try rows.map { row throws(PostgresError) in try row.required("id") }
    }
}

/// Finds the postbacks that were created with idempotency keys.
struct FindIdempotentPostbacks: StoredCall {
    let keys: [String]

    struct Found {
        let id: Int
        let fingerprint: String
    }

    static let statement = Statement(
        name: "find_idempotent_postbacks", bytes: PackageResources.find_idempotent_postbacks_sql)

    var arguments: Arguments { ["keys": .array(keys)] }

    /// The postbacks by their keys.
    func answer(_ rows: Rows) throws(PostgresError) -> [String: Found] {
        var found: [String: Found] = [:]
        for row in rows {
            let key: String = try row.required("key")
            found[key] = Found(id: try row.required("id"), fingerprint: try row.required("fingerprint"))
        }
        return found
    }
}

/// Creates a batch of postbacks. The answer has one verdict for each.
struct CreatePostbacks: StoredCall {
    struct Line {
        let id: Int
        let postback: NewPostback
        let request: RequestColumns
        /// The fingerprint of the input; nil without an idempotency key.
        let fingerprint: String?
    }

    let lines: [Line]

    enum Verdict {
        case created
        /// A postback with its idempotency key exists already.
        case keyIsTaken
        case offerIsUnknown
        case affiliateIsUnknown
        case goalIsUnknown
        /// A goal is given while the offer's goals are off.
        case goalsAreOff
    }

    static let statement = Statement(name: "create_postbacks", bytes: PackageResources.create_postbacks_sql)

    var arguments: Arguments {
        func column(_ value: (Line) -> String?) -> Parameter { .array(lines.map(value)) }
        return [
            "ids": column { String($0.id) }, "offer_ids": column(\.postback.offerID),
            "affiliate_ids": column(\.postback.affiliateID), "goal_ids": column(\.postback.goalID),
            "conversion_statuses": column(\.postback.conversionStatus.rawValue),
            "urls": column(\.postback.template.url.text), "http_types": column(\.postback.template.httpType.rawValue),
            "origins": column(\.postback.template.url.origin), "active": column(\.postback.isActive.column),
            "idempotency_keys": column(\.postback.idempotencyKey), "fingerprints": column(\.fingerprint),
            "send_overtaken": column(\.postback.sendsOvertaken.column),
        ] + RequestColumns.arguments(of: lines.map(\.request))
    }

    func answer(_ rows: Rows) throws(PostgresError) -> [Verdict] {
        try rows.map { row throws(PostgresError) in
            if try row.required("offer_unknown") { return .offerIsUnknown }
            if try row.required("affiliate_unknown") { return .affiliateIsUnknown }
            if try row.required("goals_off") { return .goalsAreOff }
            if try row.required("goal_unknown") { return .goalIsUnknown }
            let id: Int? = try row.optional("id")
            return id == nil ? .keyIsTaken : .created
        }
    }
}
