package import Postgres

/// Lets what is due to destinations and cannot be read wait for an hour.
package struct DeferUnreadable: StoredCall {
    package let destinations: [Int]

    package init(_ destinations: [Int]) { self.destinations = destinations }

    /// Seconds that a delivery waits that cannot be read.
    package static let wait = 3600.0

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
