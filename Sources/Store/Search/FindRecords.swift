import JSON
import Postgres

/// Finds all records that have an id, as JSON. Conversions come first, and among them those with this id before those
/// whose tracker's id it is.
struct FindRecords: StoredCall {
    let search: RecordSearch
    /// The maximum of conversions that are found by one kind of id.
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
