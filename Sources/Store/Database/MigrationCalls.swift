package import Postgres

/// Creates the table that lists the migrations that were run, if it is missing.
package struct CreateMigrationsTable: StoredCall {
    package init() {}

    package static let statement = Statement(
        name: "create_migrations_table", bytes: PackageResources.create_migrations_table_sql)
}

/// Asks whether the table exists that lists the migrations that were run.
package struct CheckMigrationsTable: StoredCall {
    package init() {}

    package static let statement = Statement(
        name: "check_migrations_table", bytes: PackageResources.check_migrations_table_sql)

    package func answer(_ rows: Rows) throws(PostgresError) -> Bool { try rows.single().required("exists") }
}

/// Lists the numbers of the migrations that were run.
package struct ListMigrations: StoredCall {
    package init() {}

    package static let statement = Statement(name: "list_migrations", bytes: PackageResources.list_migrations_sql)

    package func answer(_ rows: Rows) throws(PostgresError) -> Set<Int> {
        var numbers: Set<Int> = []
        for row in rows { numbers.insert(try row.required("number")) }
        return numbers
    }
}

/// Stores that a migration was run.
package struct RecordMigration: StoredCall {
    package let number: Int
    package let name: String

    package init(number: Int, name: String) {
        self.number = number
        self.name = name
    }

    package static let statement = Statement(name: "record_migration", bytes: PackageResources.record_migration_sql)

    package var arguments: Arguments { ["number": .int(number), "name": .text(name)] }
}

/// Waits until no other program migrates, and keeps others waiting until the transaction's end.
package struct LockMigrations: StoredCall {
    package init() {}

    package static let statement = Statement(name: "lock_migrations", bytes: PackageResources.lock_migrations_sql)

    package var arguments: Arguments { ["key": .int(LockMigrations.key)] }

    /// The key of the advisory lock: the letters "postback".
    private static let key = 0x706F_7374_6261_636B
}

/// Asks whether one of the large tables has more than `limit` rows.
package struct MeasureTables: StoredCall {
    package let limit: Int

    package init(limit: Int) { self.limit = limit }

    package static let statement = Statement(name: "measure_tables", bytes: PackageResources.measure_tables_sql)

    package var arguments: Arguments { ["limit": .int(limit)] }

    package func answer(_ rows: Rows) throws(PostgresError) -> Bool { try rows.single().required("has_more") }
}

/// Finds indexes whose creation was interrupted: they exist but are invalid.
package struct FindUnfinishedIndexes: StoredCall {
    package init() {}

    package static let statement = Statement(
        name: "find_unfinished_indexes", bytes: PackageResources.find_unfinished_indexes_sql)

    /// The names, quoted as SQL needs it.
    package func answer(_ rows: Rows) throws(PostgresError) -> [String] {
        var names: [String] = []
        for row in rows { names.append(try row.required("name")) }
        return names
    }
}

/// Fills in the offer and the affiliate of deliveries that lack them, a page at a time.
package struct FillDeliveries: StoredCall {
    /// The page begins behind this id.
    package let id: Int
    /// The maximum of deliveries on the page.
    package let limit: Int

    package init(after id: Int, limit: Int) {
        self.id = id
        self.limit = limit
    }

    package static let statement = Statement(name: "fill_deliveries", bytes: PackageResources.fill_deliveries_sql)

    package var arguments: Arguments { ["after_id": .int(id), "limit": .int(limit)] }

    /// The id of the page's last delivery; nil when there are no more.
    package func answer(_ rows: Rows) throws(PostgresError) -> Int? { try rows.single().optional("last") }
}

/// Fills in the status of the last attempt of deliveries that were not delivered, and its error where they are owed, a
/// page at a time.
package struct FillAnswers: StoredCall {
    /// The page begins behind this id.
    package let id: Int
    /// The maximum of deliveries on the page.
    package let limit: Int

    package init(after id: Int, limit: Int) {
        self.id = id
        self.limit = limit
    }

    package static let statement = Statement(name: "fill_answers", bytes: PackageResources.fill_answers_sql)

    package var arguments: Arguments { ["after_id": .int(id), "limit": .int(limit)] }

    /// The id of the page's last delivery; nil when there are no more.
    package func answer(_ rows: Rows) throws(PostgresError) -> Int? { try rows.single().optional("last") }
}
