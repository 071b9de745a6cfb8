package import Postgres

/// The publication of events, for programs that follow the database's changes (logical decoding).
package enum EventPublication {
    package static let name = "postbacks_events"

    /// Makes the publication unless it exists. The login must own the tables and may create in the database.
    /// - Returns: whether the server's `wal_level` is high enough for a program to follow the publication.
    package static func make(on connection: Connection) throws(PostgresError) -> Bool {
        try connection.run(CreatePublication())
        return try connection.run(ShowWALLevel()) == "logical"
    }
}

/// Makes the publication unless it exists.
package struct CreatePublication: StoredCall {
    package init() {}

    package static let statement = Statement(
        name: "create_publication", bytes: PackageResources.create_publication_sql)
}

/// Reads the server's `wal_level`.
package struct ShowWALLevel: StoredCall {
    package init() {}

    package static let statement = Statement(name: "show_wal_level", bytes: PackageResources.show_wal_level_sql)

    package func answer(_ rows: Rows) throws(PostgresError) -> String { try rows.single().required("wal_level") }
}
