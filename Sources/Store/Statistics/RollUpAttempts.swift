package import Postgres

/// Moves pending counts of attempts into the statistics, and deletes old minutes and hours there.
package struct RollUpAttempts: StoredCall {
    package init() {}

    package static let statement = Statement(name: "roll_up_attempts", bytes: PackageResources.roll_up_attempts_sql)

    package var arguments: Arguments {
        [
            // Counts are kept for one day longer than a query may go back.
            "minute_days": .int(StatisticsUnit.minute.keptDays.map { $0 + 1 } ?? 0),
            "hour_days": .int(StatisticsUnit.hour.keptDays.map { $0 + 1 } ?? 0),
        ]
    }
}
