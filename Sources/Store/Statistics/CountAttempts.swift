import Domain
import Postgres

/// Counts attempts by key, unit of time and outcome.
struct CountAttempts: StoredCall {
    let query: StatisticsQuery

    /// The attempts of one key and outcome in one unit of time.
    struct Count {
        let key: String
        /// The beginning of the unit, in seconds since 1970.
        let since: Int64
        let outcome: StatisticsOutcome
        let attempts: Int
        let durations: DurationCounts
        /// The number of all keys, also of those beyond the limit.
        let seriesCount: Int
    }

    static let statement = Statement(name: "count_attempts", bytes: PackageResources.count_attempts_sql)

    var arguments: Arguments {
        [
            "unit": .text(query.unit.rawValue), "width": .int(Int(query.unit.seconds)),
            "grouped_by": .optional(query.grouping?.rawValue),
            "since": .text(Timestamp(milliseconds: query.since * 1000).description),
            "until": .text(Timestamp(milliseconds: query.until * 1000).description),
            "postback_id": .optional(query.postbackID), "destinations": query.destinations.map { .array($0) } ?? .null,
            "affiliate_id": .optional(query.affiliateID), "offer_id": .optional(query.offerID),
            "outcome": .optional(query.outcome?.rawValue), "series_limit": .int(query.limit),
        ]
    }

    func answer(_ rows: Rows) throws(PostgresError) -> [Count] {
        try rows.map { row throws(PostgresError) in
            let buckets: IntegerArray = try row.required("buckets")
            var durations = DurationCounts()
            durations.add(buckets: buckets.values, milliseconds: try row.required("milliseconds"))
            let since: Int = try row.required("since")
            return Count(
                key: try row.required("key"), since: Int64(since), outcome: try row.required("outcome"),
                attempts: try row.required("attempts"), durations: durations,
                seriesCount: try row.required("series_count"))
        }
    }
}

extension StatisticsOutcome: ColumnValue {}
