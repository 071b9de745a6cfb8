package import Postgres

/// Puts off by an hour those due deliveries to the given destinations that cannot be read.
package struct DeferUnreadable: StoredCall {
    package let destinations: [Int]

    package init(_ destinations: [Int]) { self.destinations = destinations }

    /// How long an unreadable delivery is put off.
    package static let wait: Duration = .seconds(3600)

    package struct Deferred {
        package let delivery: Int
        package let reason: String
    }

    package static let statement = Statement(name: "defer_unreadable", bytes: PackageResources.defer_unreadable_sql)

    package var arguments: Arguments { ["destination_ids": .integers(destinations)] }

    package func answer(_ rows: Rows) throws(PostgresError) -> [Deferred] {
        var deferred: [Deferred] = []
        for row in rows {
            deferred.append(Deferred(delivery: try row.required("delivery_id"), reason: try row.required("reason")))
        }
        return deferred
    }
}
