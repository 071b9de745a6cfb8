import Postgres

/// What would hold tables for minutes if it was one transaction, where they have millions of rows.
extension Migrations {
    /// Rows that are read and written in one transaction.
    private static let batch = 10_000

    /// Runs the migration's preparation, and makes its indexes beside the running programs. All of it may be interrupted and begun
    /// again.
    /// - Returns: false where the migration was done before.
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
        // An index takes its time where the tables are large.
        guard try connection.run(MeasureTables(limit: batch)) else { return true }
        try dropUnfinishedIndexes(on: connection)
        for statement in migration.script.split(separator: ";") where statement.contains("CREATE INDEX") {
            // Each by itself: it cannot be made in a transaction.
            try connection.execute(
                script: String(statement).replacing("CREATE INDEX", with: "CREATE INDEX CONCURRENTLY"))
        }
        return true
    }

    /// An index that somebody was making when they were interrupted is there and of no use.
    private static func dropUnfinishedIndexes(on connection: Connection) throws(PostgresError) {
        for name in try connection.run(FindUnfinishedIndexes()) {
            try connection.execute(script: "DROP INDEX CONCURRENTLY IF EXISTS \(name)")
        }
    }
}
