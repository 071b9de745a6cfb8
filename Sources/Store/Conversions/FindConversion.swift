import Domain
import Postgres

/// Finds the conversion that has a key.
struct FindConversion: StoredCall {
    let key: ConversionKey

    enum Match {
        case none
        /// The conversion's id.
        case one(Int)
        /// Several conversions have the key.
        case several
    }

    static let statement = Statement(name: "find_conversion", bytes: PackageResources.find_conversion_sql)

    var arguments: Arguments {
        let columns = key.columns
        return [
            "conversion_id": .optional(columns.conversion), "offer_id": .optional(columns.offer),
            "goal_id": .optional(columns.goal), "transaction_id": .optional(columns.transaction),
            "click_id": .optional(columns.click),
        ]
    }

    func answer(_ rows: Rows) throws(PostgresError) -> Match {
        let row = try rows.single()
        let matches: Int = try row.required("matches")
        return switch matches {
        case 0: .none
        case 1: .one(try row.required("id"))
        default: .several
        }
    }
}
