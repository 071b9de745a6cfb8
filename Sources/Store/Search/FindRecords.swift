import JSON
import Postgres

/// Finds everything that has an id, as JSON: conversions first, those with the id itself before those of a tracker.
struct FindRecords: StoredCall {
    let search: RecordSearch
    /// The maximum of conversions for each way in which they are found.
    let limit: Int

    struct Answer {
        let conversions: [JSON]
        let others: [JSON]
    }

    static let statement = Statement(name: "find_records", bytes: PackageResources.find_records_sql)

    var arguments: Arguments {
        [
            "number": .optional(search.number), "text": .text(search.text), "offer_id": .optional(search.offerID),
            "affiliate_id": .optional(search.affiliateID), "limit": .int(limit),
        ] + search.kinds.arguments
    }

    func answer(_ rows: Rows) throws(PostgresError) -> Answer {
        var conversions: [JSON] = []
        var others: [JSON] = []
        for row in rows {
            let match = try row.requiredJSON("match")
            if try row.required("is_conversion") { conversions.append(match) } else { others.append(match) }
        }
        return Answer(conversions: conversions, others: others)
    }
}
