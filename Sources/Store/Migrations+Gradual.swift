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
        var last = migration.preparation.map { _ in 0 }
        while let id = last, let preparation = migration.preparation {
            let page = try locked(on: connection) { () throws(PostgresError) in
                try isDone(migration, on: connection)
                    ? nil : try connection.run(preparation, [.int(id), .int(batch)]).first
            }
            guard let page else { return false }
            last = page.integer("last")
        }
        guard try hasMany(on: connection) else { return true }
        try dropUnfinishedIndexes(on: connection)
        for statement in migration.script.split(separator: ";") where statement.contains("CREATE INDEX") {
            // Each by itself: it cannot be made in a transaction.
            try connection.execute(
                script: String(statement).replacing("CREATE INDEX", with: "CREATE INDEX CONCURRENTLY"))
        }
        return true
    }

    /// Whether the tables are so large that an index takes its time.
    private static func hasMany(on connection: Connection) throws(PostgresError) -> Bool {
        let row = try connection.run(
            """
            SELECT EXISTS (SELECT FROM deliveries OFFSET \(batch)::int) OR EXISTS (SELECT FROM outbox OFFSET \(batch)::int)
                OR EXISTS (SELECT FROM conversions OFFSET \(batch)::int) AS many
            """
        ).first
        return row?.bool("many") == true
    }

    /// An index that somebody was making when they were interrupted is there and of no use.
    private static func dropUnfinishedIndexes(on connection: Connection) throws(PostgresError) {
        let rows = try connection.run(
            """
            SELECT quote_ident(c.relname) AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE i.indrelid IN ('deliveries'::regclass, 'outbox'::regclass, 'conversions'::regclass) AND NOT i.indisvalid
            """)
        for row in rows {
            guard let name = row.text("name") else { continue }
            try connection.execute(script: "DROP INDEX CONCURRENTLY IF EXISTS \(name)")
        }
    }
}
