package import Domain
package import Postgres

// These statements find out which records belong to the limits of a key. The affiliate and the offer of a conversion, a
// delivery and a postback never change, so the result is still true when the function is called afterwards.

/// Finds the postbacks that do not belong to the limits. Each statement reads only the tables of its kind of record:
/// the login of a gateway that only records may not read the others.
package struct FindForeignPostbacks: StoredCall {
    package let ids: [Int]
    package let limits: KeyLimits

    package init(_ ids: [Int], limits: KeyLimits) {
        self.ids = ids
        self.limits = limits
    }

    package static let statement = Statement(
        name: "find_foreign_postbacks", bytes: PackageResources.find_foreign_postbacks_sql)

    package var arguments: Arguments { ["postback_ids": .integers(ids)] + limits.arguments }

    package func answer(_ rows: Rows) throws(PostgresError) -> [Int] {
        let ids: IntegerArray = try rows.single().required("ids")
        return ids.values
    }
}

/// Finds the deliveries that do not belong to the limits.
package struct FindForeignDeliveries: StoredCall {
    package let ids: [Int]
    package let limits: KeyLimits

    package init(_ ids: [Int], limits: KeyLimits) {
        self.ids = ids
        self.limits = limits
    }

    package static let statement = Statement(
        name: "find_foreign_deliveries", bytes: PackageResources.find_foreign_deliveries_sql)

    package var arguments: Arguments { ["delivery_ids": .integers(ids)] + limits.arguments }

    package func answer(_ rows: Rows) throws(PostgresError) -> [Int] {
        let ids: IntegerArray = try rows.single().required("ids")
        return ids.values
    }
}

/// Finds the conversion that has a key, among those that belong to the limits.
package struct FindOwnConversion: StoredCall {
    package let key: ConversionKey
    package let limits: KeyLimits

    package init(_ key: ConversionKey, limits: KeyLimits) {
        self.key = key
        self.limits = limits
    }

    package enum Match: Sendable {
        case none
        /// The conversion's id.
        case one(Int)
        /// Several conversions have the key.
        case several
    }

    package static let statement = Statement(
        name: "find_own_conversion", bytes: PackageResources.find_own_conversion_sql)

    package var arguments: Arguments {
        let columns = key.columns
        return [
            "conversion_id": .optional(columns.conversion), "offer_id": .optional(columns.offer),
            "goal_id": .optional(columns.goal), "transaction_id": .optional(columns.transaction),
            "click_id": .optional(columns.click), "own_affiliate_id": .optional(limits.affiliateID),
            "own_offer_id": .optional(limits.offerID),
        ]
    }

    package func answer(_ rows: Rows) throws(PostgresError) -> Match {
        let row = try rows.single()
        let matches: Int = try row.required("matches")
        return switch matches {
        case 0: .none
        case 1: .one(try row.required("id"))
        default: .several
        }
    }
}

/// Checks whether a postback within the limits leads to a destination.
package struct CheckOwnDestination: StoredCall {
    package let origins: [String]
    package let limits: KeyLimits

    package init(_ origins: [String], limits: KeyLimits) {
        self.origins = origins
        self.limits = limits
    }

    package static let statement = Statement(
        name: "check_own_destination", bytes: PackageResources.check_own_destination_sql)

    package var arguments: Arguments { ["origins": .array(origins)] + limits.arguments }

    package func answer(_ rows: Rows) throws(PostgresError) -> Bool { try rows.single().required("is_own") }
}

extension KeyLimits {
    fileprivate var arguments: Arguments { ["affiliate_id": .optional(affiliateID), "offer_id": .optional(offerID)] }
}
