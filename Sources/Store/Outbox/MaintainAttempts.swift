package import Postgres

/// Creates the partitions of attempts for the coming days, and drops those of attempts older than `keepDays`.
package struct MaintainAttempts: StoredCall {
    package let keepDays: Int

    package init(keepDays: Int) { self.keepDays = keepDays }

    package static let statement = Statement(name: "maintain_attempts", bytes: PackageResources.maintain_attempts_sql)

    package var arguments: Arguments { ["keep_days": .int(keepDays)] }

    /// The number of partitions that were created and dropped.
    package func answer(_ rows: Rows) throws(PostgresError) -> Int { try rows.single().required("maintain_attempts") }
}
