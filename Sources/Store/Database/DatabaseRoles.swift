package import Postgres

/// The least-privilege roles of a database; see `roles.sql`.
package enum DatabaseRoles {
    package static let names = ["postbacks_reader", "postbacks_recorder", "postbacks_poller", "postbacks_manager"]

    /// Creates the roles that are missing, and grants each exactly its rights in this database.
    package static func grant(on connection: Connection) throws(PostgresError) {
        try connection.execute(script: String(decoding: PackageResources.roles_sql, as: UTF8.self))
    }

    /// Whether the roles have been granted rights in this database.
    package static func areUsed(on connection: Connection) throws(PostgresError) -> Bool {
        try connection.run(CheckRoles())
    }
}

/// Asks whether the least-privilege roles have been granted rights in this database.
package struct CheckRoles: StoredCall {
    package init() {}

    package static let statement = Statement(name: "check_roles", bytes: PackageResources.check_roles_sql)

    package func answer(_ rows: Rows) throws(PostgresError) -> Bool { try rows.single().required("used") }
}
