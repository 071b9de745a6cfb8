import Domain
import Input
import JSON
import Postgres

/// Locks postbacks in the order of their ids, so that two transactions do not deadlock.
struct LockPostbacks: StoredCall {
    let ids: [Int]

    static let statement = Statement(name: "lock_postbacks", bytes: PackageResources.lock_postbacks_sql)

    var arguments: Arguments { ["postback_ids": .integers(ids)] }
}

/// Changes a batch of postbacks, no two of which are the same. The answer has one verdict for each.
struct UpdatePostbacks: StoredCall {
    struct Line {
        let update: PostbackUpdate
        /// The version that was read. The update is refused if the postback has another one by then.
        let version: Int
        let url: PostbackURL
        let httpType: HTTPType
        let request: RequestColumns
        /// Which columns with secrets are set; the others may have been sealed anew since they were read.
        let setsBasicAuth: Bool
        let setsRequestParams: Bool
        let setsRequestHeaders: Bool
        let setsSigningSecret: Bool

        fileprivate var goal: String? {
            switch update.goalID {
            case .keep, .clear: nil
            case .set(let id): id
            }
        }

        fileprivate var setsGoal: Bool {
            switch update.goalID {
            case .keep: false
            case .clear, .set: true
            }
        }
    }

    let lines: [Line]
    /// Whether nothing is stored if one of the lines cannot be stored.
    let isAllOrNone: Bool

    enum Verdict {
        case changed
        /// Another update has changed the postback, or another line could not be stored.
        case isOutdated
        case isUnknown
        /// The offer that has no such goal.
        case goalIsUnknown(offer: String)
        /// A goal is given while the offer's goals are off.
        case goalsAreOff
    }

    static let statement = Statement(name: "update_postbacks", bytes: PackageResources.update_postbacks_sql)

    var arguments: Arguments {
        func column(_ value: (Line) -> String?) -> Parameter { .array(lines.map(value)) }
        return [
            "ids": column { String($0.update.postbackID) }, "versions": column { String($0.version) },
            "sets_goal": column(\.setsGoal.column), "goal_ids": column(\.goal),
            "conversion_statuses": column(\.update.conversionStatus?.rawValue), "urls": column(\.url.text),
            "http_types": column(\.httpType.rawValue), "origins": column(\.url.origin),
            "active": column(\.update.isActive?.column), "resumes": column(\.update.resumes.column),
            "sets_auth": column(\.setsBasicAuth.column), "sets_params": column(\.setsRequestParams.column),
            "sets_headers": column(\.setsRequestHeaders.column), "sets_signing": column(\.setsSigningSecret.column),
            "send_overtaken": column(\.update.sendsOvertaken?.column),
            "retries_now": column(\.update.retriesNow.column), "all_or_none": .bool(isAllOrNone),
        ] + RequestColumns.arguments(of: lines.map(\.request))
    }

    func answer(_ rows: Rows) throws(PostgresError) -> [Verdict] {
        try rows.map { row throws(PostgresError) in
            guard let _: Int = try row.optional("id") else { return .isUnknown }
            if let _: Int = try row.optional("new_version") { return .changed }
            if try row.required("goals_off") { return .goalsAreOff }
            if try row.required("goal_unknown") { return .goalIsUnknown(offer: try row.required("offer_id")) }
            return .isOutdated
        }
    }
}

/// Marks a postback as deleted, and returns whether it exists. `CancelDeliveries` follows in the same transaction.
struct DeletePostback: StoredCall {
    let postbackID: Int

    static let statement = Statement(name: "delete_postback", bytes: PackageResources.delete_postback_sql)

    var arguments: Arguments { ["postback_id": .int(postbackID)] }

    func answer(_ rows: Rows) -> Bool { !rows.isEmpty }
}
