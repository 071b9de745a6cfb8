package import Postgres

/// The least-privilege roles of a database; see `roles.sql`.
package enum DatabaseRoles {
    package static let names = ["postbacks_reader", "postbacks_recorder", "postbacks_poller", "postbacks_manager"]

    /// Makes the roles that are missing, and gives each exactly what it needs here.
    package static func grant(on connection: Connection) throws(PostgresError) {
        try connection.execute(script: String(decoding: PackageResources.roles_sql, as: UTF8.self))
    }

    /// Whether they have been granted something in this database.
    package static func areUsed(on connection: Connection) throws(PostgresError) -> Bool {
        let rows = try connection.run(
            """
            SELECT bool_or(has_table_privilege(oid, 'schema_migrations', 'SELECT')) AS used
            FROM pg_roles WHERE rolname = 'postbacks_reader'
            """)
        return rows.first?.bool("used") == true
    }
}
