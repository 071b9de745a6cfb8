import JSON
import Postgres

/// Locks an offer, so that its changes happen one after the other.
struct LockOffer: StoredCall {
    let offerID: String

    static let statement = Statement(name: "lock_offer", bytes: PackageResources.lock_offer_sql)

    var arguments: Arguments { ["offer_id": .text(offerID)] }
}

/// Creates or changes an offer; nil leaves a value as it is.
struct ConfigureOffer: StoredCall {
    let id: String
    let name: String?
    let goalsEnabled: Bool?
    let goals: [(id: String, name: String)]?

    enum Outcome {
        /// The offer as JSON.
        case saved(JSON)
        /// Nothing was changed: these goals would be removed but are in use.
        case goalsAreUsed(String)
    }

    static let statement = Statement(name: "configure_offer", bytes: PackageResources.configure_offer_sql)

    var arguments: Arguments {
        [
            "id": .text(id), "name": .optional(name), "goals_enabled": .optional(goalsEnabled),
            "goal_ids": goals.map { .array($0.map(\.id)) } ?? .null,
            "goal_names": goals.map { .array($0.map(\.name)) } ?? .null,
        ]
    }

    func answer(_ rows: Rows) throws(PostgresError) -> Outcome {
        let row = try rows.single()
        guard let _: String = try row.optional("id") else { return .goalsAreUsed(try row.required("used")) }
        return .saved(try row.requiredJSON("offer"))
    }
}

/// Creates or changes an affiliate, and returns it as JSON; a nil name keeps the name.
struct ConfigureAffiliate: StoredCall {
    let id: String
    let name: String?

    static let statement = Statement(name: "configure_affiliate", bytes: PackageResources.configure_affiliate_sql)

    var arguments: Arguments { ["id": .text(id), "name": .optional(name)] }

    func answer(_ rows: Rows) throws(PostgresError) -> JSON { try rows.single().requiredJSON("affiliate") }
}
