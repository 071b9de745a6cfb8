import Postgres

/// Counts the attempts of the last whole minutes by their outcome.
struct CountMinutes: StoredCall {
    /// The number of minutes.
    let minutes: Int

    struct Minute {
        let since: String
        let attempts: Int
        let outcomes: [StatisticsOutcome: Int]
        /// The mean duration of an attempt in milliseconds; nil if none was measured.
        let averageMilliseconds: Int?
    }

    static let statement = Statement(name: "count_minutes", bytes: PackageResources.count_minutes_sql)

    var arguments: Arguments { ["minutes": .int(minutes)] }

    func answer(_ rows: Rows) throws(PostgresError) -> [Minute] {
        try rows.map { row throws(PostgresError) in
            var outcomes: [StatisticsOutcome: Int] = [:]
            for outcome in StatisticsOutcome.allCases { outcomes[outcome] = try row.required(outcome.rawValue) }
            return Minute(
                since: try row.required("since"), attempts: try row.required("attempts"), outcomes: outcomes,
                averageMilliseconds: try row.optional("average_ms"))
        }
    }
}
