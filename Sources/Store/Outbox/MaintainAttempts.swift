package import Postgres

/// Makes the partitions of attempts for the days to come, and drops those of attempts older than so many days.
package struct MaintainAttempts: StoredCall {
    package let keepDays: Int

    package init(keepDays: Int) { self.keepDays = keepDays }

    package static let statement = Statement(name: "maintain_attempts", bytes: PackageResources.maintain_attempts_sql)

    package var arguments: Arguments { ["keep_days": .int(keepDays)] }

    /// How many partitions were made and dropped.
    package func answer(_ rows: Rows) throws(PostgresError) -> Int { try rows.single().required("maintain_attempts") }
}
