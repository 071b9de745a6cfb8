package import Postgres

/// Lists what all pollers have counted together, for Prometheus.
package struct ListCounters: StoredCall {
    package let limit: Int

    package init(limit: Int) { self.limit = limit }

    package struct Counter: Sendable, Equatable {
        /// The name without the prefix `postbacks_`; of a histogram with `_bucket`, `_sum` or `_count`.
        package let name: String
        /// The labels as in Prometheus's text format; empty for none.
        package let labels: String
        /// A number.
        package let value: String

        package init(name: String, labels: String, value: String) {
            self.name = name
            self.labels = labels
            self.value = value
        }
    }

    package static let statement = Statement(name: "list_counters", bytes: PackageResources.list_counters_sql)

    package var arguments: Arguments { ["limit": .int(limit)] }

    package func answer(_ rows: Rows) throws(PostgresError) -> [Counter] {
        var counters: [Counter] = []
        for row in rows {
            counters.append(
                Counter(
                    name: try row.required("name"), labels: try row.required("labels"),
                    value: try row.required("value")))
        }
        return counters
    }
}
