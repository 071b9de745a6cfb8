package import Postgres

/// Advances sequences that are behind their tables: a table was restored without them, or somebody set them back.
package struct RepairSequences: StoredCall {
    package init() {}

    package static let statement = Statement(name: "repair_sequences", bytes: PackageResources.repair_sequences_sql)

    /// The names of the sequences that were behind; nil for none.
    package func answer(_ rows: Rows) throws(PostgresError) -> String? { try rows.single().optional("repaired") }
}

/// Finds sequences whose next id is taken.
package struct FindSequencesBehind: StoredCall {
    package init() {}

    package struct Sequence {
        package let name: String
        /// The id that it would return next.
        package let next: Int
        /// The highest id that is taken.
        package let last: Int
    }

    package static let statement = Statement(
        name: "find_sequences_behind", bytes: PackageResources.find_sequences_behind_sql)

    package func answer(_ rows: Rows) throws(PostgresError) -> [Sequence] {
        var sequences: [Sequence] = []
        for row in rows {
            sequences.append(
                Sequence(
                    name: try row.required("name"), next: try row.required("next_id"),
                    last: try row.required("last_id")))
        }
        return sequences
    }
}

/// Gives new ids to owed deliveries whose ids are taken, from a sequence that `RepairSequences` has repaired.
package struct RenumberDeliveries: StoredCall {
    package let deliveries: [Int]

    package init(_ deliveries: [Int]) { self.deliveries = deliveries }

    package static let statement = Statement(
        name: "renumber_deliveries", bytes: PackageResources.renumber_deliveries_sql)

    package var arguments: Arguments { ["delivery_ids": .integers(deliveries)] }
}
