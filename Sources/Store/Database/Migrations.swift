package import Postgres

/// The versions of the schema: numbered, each run once and in order, under a lock that only one program holds.
package enum Migrations {
    package struct Migration {
        package let number: Int
        package let name: String
        package let script: String
        /// The script creates indexes. On large tables they are created one by one before it runs, while other programs
        /// go on.
        var isGradual = false
        /// The columns that are filled in, in batches, before the migration runs.
        var filling: Filling?
    }

    /// Columns of deliveries that earlier versions left empty.
    package enum Filling: Sendable {
        /// The offer and the affiliate.
        case owners
        /// The status and the error of the last attempt.
        case answers
    }

    package static let all = [
        Migration(number: 1, name: "schema", script: String(decoding: PackageResources.schema_sql, as: UTF8.self)),
        Migration(
            number: 2, name: "delivery rules",
            script: String(decoding: PackageResources.delivery_rules_sql, as: UTF8.self)),
        Migration(
            number: 3, name: "partition upkeep",
            script: String(decoding: PackageResources.partition_upkeep_sql, as: UTF8.self)),
        Migration(
            number: 4, name: "order rules", script: String(decoding: PackageResources.order_rules_sql, as: UTF8.self)),
        Migration(
            number: 5, name: "keys and mark",
            script: String(decoding: PackageResources.keys_and_mark_sql, as: UTF8.self)),
        Migration(
            number: 6, name: "silent events",
            script: String(decoding: PackageResources.silent_events_sql, as: UTF8.self)),
        Migration(
            number: 7, name: "due order", script: String(decoding: PackageResources.due_order_sql, as: UTF8.self)),
        Migration(
            number: 8, name: "delivery filters",
            script: String(decoding: PackageResources.delivery_filters_sql, as: UTF8.self)),
        Migration(
            number: 9, name: "delivery indexes",
            script: String(decoding: PackageResources.delivery_indexes_sql, as: UTF8.self), isGradual: true,
            filling: .owners),
        Migration(
            number: 10, name: "poller heartbeat",
            script: String(decoding: PackageResources.poller_heartbeat_sql, as: UTF8.self)),
        Migration(
            number: 11, name: "backlog", script: String(decoding: PackageResources.backlog_sql, as: UTF8.self)),
        Migration(number: 12, name: "alerts", script: String(decoding: PackageResources.alerts_sql, as: UTF8.self)),
        Migration(
            number: 13, name: "conversion text",
            script: String(decoding: PackageResources.conversion_text_sql, as: UTF8.self)),
        Migration(
            number: 14, name: "postback affiliates",
            script: String(decoding: PackageResources.postback_affiliates_sql, as: UTF8.self)),
        Migration(
            number: 15, name: "conversion indexes",
            script: String(decoding: PackageResources.conversion_indexes_sql, as: UTF8.self), isGradual: true),
        Migration(
            number: 16, name: "shared rules",
            script: String(decoding: PackageResources.shared_rules_sql, as: UTF8.self)),
        Migration(
            number: 17, name: "shared lookups",
            script: String(decoding: PackageResources.shared_lookups_sql, as: UTF8.self)),
        Migration(
            number: 18, name: "statistics", script: String(decoding: PackageResources.statistics_sql, as: UTF8.self)),
        Migration(
            number: 19, name: "delivery answers",
            script: String(decoding: PackageResources.delivery_answers_sql, as: UTF8.self)),
        Migration(
            number: 20, name: "api keys", script: String(decoding: PackageResources.api_keys_sql, as: UTF8.self)),
        Migration(
            number: 21, name: "answer indexes",
            script: String(decoding: PackageResources.answer_indexes_sql, as: UTF8.self), isGradual: true,
            filling: .answers),
        Migration(number: 22, name: "history", script: String(decoding: PackageResources.history_sql, as: UTF8.self)),
        Migration(
            number: 23, name: "list indexes",
            script: String(decoding: PackageResources.list_indexes_sql, as: UTF8.self), isGradual: true),
    ]

    /// Brings the database to the newest version. Each step takes the lock for its own transaction, so that no lock is
    /// left behind if a pooler gives the next transaction another session. `last` is the number of the last migration
    /// to run. A lower one than the newest leaves the tables of an earlier version. With `withRoles`, it creates the
    /// least-privilege roles. If they exist, every run grants them the rights that are new. `progress` is called after
    /// each migration that was run.
    package static func run(
        on connection: Connection, through last: Int = .max, withRoles: Bool = false, progress: (Migration) -> Void
    ) throws(PostgresError) {
        if let encoding = connection.serverEncoding, encoding != "UTF8" {
            throw .unusable(
                "the database's encoding is \(encoding); it must be UTF8",
                message:
                    "the database's encoding is \(encoding); create a database with: CREATE DATABASE … ENCODING 'UTF8'")
        }
        try locked(on: connection) { () throws(PostgresError) in
            try connection.run(CreateMigrationsTable())
        }
        for migration in all where migration.number <= last {
            if try perform(migration, on: connection) { progress(migration) }
        }
        try locked(on: connection) { () throws(PostgresError) in
            let hasRoles = try DatabaseRoles.areUsed(on: connection)
            if withRoles || hasRoles { try DatabaseRoles.grant(on: connection) }
            if last == .max { _ = try connection.run(RepairSequences()) }
        }
    }

    /// How often a migration is repeated that was rolled back because of concurrent transactions.
    private static let repetitions = 10

    /// - Returns: false if it was done before.
    private static func perform(_ migration: Migration, on connection: Connection) throws(PostgresError) -> Bool {
        for repetition in 0... {
            do throws(PostgresError) {
                if migration.isGradual, try prepareGradually(migration, on: connection) == false { return false }
                return try locked(on: connection) { () throws(PostgresError) in
                    guard try !isDone(migration, on: connection) else { return false }
                    try connection.execute(script: migration.script)
                    try connection.run(RecordMigration(number: migration.number, name: migration.name))
                    return true
                }
            } catch {
                guard error.kind == .busy, repetition < repetitions else { throw error }
            }
        }
        return false
    }

    static func isDone(_ migration: Migration, on connection: Connection) throws(PostgresError) -> Bool {
        try connection.run(ListMigrations()).contains(migration.number)
    }

    /// Runs the body in a transaction that excludes every other migration.
    static func locked<T>(
        on connection: Connection, _ body: () throws(PostgresError) -> T
    ) throws(PostgresError) -> T {
        do throws(PostgresError) {
            try connection.execute(
                script: """
                    BEGIN ISOLATION LEVEL READ COMMITTED;
                    SET LOCAL client_min_messages = warning;
                    SET LOCAL statement_timeout = 0;
                    """)
            try connection.run(LockMigrations())
            let value = try body()
            try connection.execute(script: "COMMIT")
            return value
        } catch {
            if connection.isUsable { try? connection.execute(script: "ROLLBACK") }
            throw error
        }
    }

    /// The version of a database's tables, compared with this program.
    package enum Tables: Equatable, Sendable {
        case missing
        /// Some migrations have not been run.
        case older
        case current
        /// A newer program has migrated them to a version (a migration's number) that this one does not know.
        case newer(Int)
    }

    /// The number of the last migration that this program knows.
    package static var newest: Int { all.last?.number ?? 0 }

    package static func tables(on connection: Connection) throws(PostgresError) -> Tables {
        guard try connection.run(CheckMigrationsTable()) else { return .missing }
        let done = try connection.run(ListMigrations())
        if done.isEmpty { return .missing }
        if let last = done.max(), last > newest { return .newer(last) }
        return all.allSatisfy { done.contains($0.number) } ? .current : .older
    }
}

/// Migrations that would lock tables with millions of rows for minutes if they ran in one transaction.
extension Migrations {
    /// The number of rows that one transaction reads and writes.
    private static let batch = 10_000

    /// Runs the migration's preparation, and creates its indexes while the programs keep running. It may be interrupted
    /// and started again.
    /// - Returns: false if the migration was done before.
    static func prepareGradually(_ migration: Migration, on connection: Connection) throws(PostgresError) -> Bool {
        guard try !isDone(migration, on: connection) else { return false }
        var last = migration.filling.map { _ in 0 }
        while let filling = migration.filling, let id = last {
            let page = try locked(on: connection) { () throws(PostgresError) -> (isDone: Bool, last: Int?) in
                if try isDone(migration, on: connection) { return (true, nil) }
                switch filling {
                case .owners: return (false, try connection.run(FillDeliveries(after: id, limit: batch)))
                case .answers: return (false, try connection.run(FillAnswers(after: id, limit: batch)))
                }
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
