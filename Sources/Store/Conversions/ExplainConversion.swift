import JSON
import Postgres
import System

/// Returns for each event of a conversion the result of each postback of its offer.
struct ExplainConversion: StoredCall {
    let conversionID: Int
    /// Includes the postbacks of other affiliates.
    let all: Bool
    let kinds: PostbackKinds
    /// How long a later event waits for an earlier one.
    let orderHold: Duration

    struct Explained {
        let conversion: JSON
        /// Each has the `event` itself, its `goalsEnabled`, `silent` and `postbacks`.
        let events: [JSON]
        /// The number of postbacks of other affiliates that were left out.
        let others: Int
    }

    static let statement = Statement(name: "explain_conversion", bytes: PackageResources.explain_conversion_sql)

    var arguments: Arguments {
        ["conversion_id": .int(conversionID), "all": .bool(all), "order_hold": .text(String(orderHold.seconds))]
            + kinds.arguments
    }

    /// Nil if there is no such conversion.
    func answer(_ rows: Rows) throws(PostgresError) -> Explained? {
        let row = try rows.single()
        guard let _: [UInt8] = try row.optional("conversion") else { return nil }
        guard case .array(let events) = try row.requiredJSON("events") else {
            throw row.unreadable("events", "is no list")
        }
        return Explained(
            conversion: try row.requiredJSON("conversion"), events: events, others: try row.required("others"))
    }
}
