import Postgres

/// Migrations that would lock tables with millions of rows for minutes if they ran in one transaction.
extension Migrations {
    /// The number of rows that one transaction reads and writes.
    private static let batch = 10_000

    /// Runs the migration's preparation, and creates its indexes while the programs keep running. It may be interrupted
    /// and started again.
    /// - Returns: false if the migration was done before.
    static func prepareGradually(_ migration: Migration, on connection: Connection) throws(PostgresError) -> Bool {
        guard try !isDone(migration, on: connection) else { return false }
        var last = migration.fillsDeliveries ? 0 : nil
        while let id = last {
            let page = try locked(on: connection) { () throws(PostgresError) -> (isDone: Bool, last: Int?) in
                if try isDone(migration, on: connection) { return (true, nil) }
                return (false, try connection.run(FillDeliveries(after: id, limit: batch)))
            }
            if page.isDone { return false }
            last = page.last
        }
        // Creating an index takes long only on large tables.
        guard try connection.run(MeasureTables(limit: batch)) else { return true }
        try dropUnfinishedIndexes(on: connection)
        for statement in migration.script.split(separator: ";") where statement.contains("CREATE INDEX") {
            // Each statement runs by itself: CREATE INDEX CONCURRENTLY is not allowed in a transaction.
            try connection.execute(
                script: String(statement).replacing("CREATE INDEX", with: "CREATE INDEX CONCURRENTLY"))
        }
        return true
    }

    /// Drops indexes whose creation was interrupted: they exist but are invalid.
    private static func dropUnfinishedIndexes(on connection: Connection) throws(PostgresError) {
        for name in try connection.run(FindUnfinishedIndexes()) {
            try connection.execute(script: "DROP INDEX CONCURRENTLY IF EXISTS \(name)")
        }
    }
}
