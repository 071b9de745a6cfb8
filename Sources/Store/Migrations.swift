package import Postgres

/// The schema's versions: numbered, each run once and in order, under a lock that only one program holds.
package enum Migrations {
    package struct Migration {
        package let number: Int
        package let name: String
        package let script: String
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
    ]

    /// Brings the database to the newest version.
    /// - Parameters:
    ///   - withRoles: makes the least-privilege roles. Where they are there, every run grants them what is new.
    ///   - progress: told each migration as it is done.
    package static func run(
        on connection: Connection, withRoles: Bool = false, progress: (Migration) -> Void
    ) throws(PostgresError) {
        try connection.execute(
            script: """
                SELECT pg_advisory_lock(\(lock));
                SET client_min_messages = warning;
                CREATE TABLE IF NOT EXISTS schema_migrations (
                    number integer PRIMARY KEY, name text NOT NULL, done_at timestamptz NOT NULL DEFAULT now());
                """)
        let done = Set(try connection.run("SELECT number FROM schema_migrations").compactMap { $0.integer("number") })
        for migration in all where !done.contains(migration.number) {
            // One script is one transaction.
            try connection.execute(
                script: """
                    \(migration.script)
                    INSERT INTO schema_migrations (number, name) VALUES (\(migration.number), '\(migration.name)');
                    """)
            progress(migration)
        }
        let hasRoles = try DatabaseRoles.areUsed(on: connection)
        if withRoles || hasRoles { try DatabaseRoles.grant(on: connection) }
        try connection.execute(script: "SELECT pg_advisory_unlock(\(lock))")
    }

    /// Whether every migration has been run.
    package static func areComplete(on connection: Connection) throws(PostgresError) -> Bool {
        let table = try connection.run("SELECT to_regclass('schema_migrations') IS NOT NULL AS exists")
        guard table.first?.bool("exists") == true else { return false }
        let rows = try connection.run("SELECT max(number) AS newest FROM schema_migrations")
        return (rows.first?.integer("newest") ?? 0) >= (all.last?.number ?? 0)
    }

    /// The key of the advisory lock: the letters "postback".
    private static let lock = 0x706F_7374_6261_636B
}
