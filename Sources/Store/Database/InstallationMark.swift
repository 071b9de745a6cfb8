package import Postgres

/// The mark of the database that sends. It is stored in that database, so that a program can recognise a copy of the
/// database. A physical standby that takes over is the same database; a restored dump, a database made from a template
/// and a cluster after pg_upgrade are others.
package enum InstallationMark {
    /// The reason why nothing may be sent from this database; nil if it is the one that sends.
    package static func refusal(on connection: Connection) throws(PostgresError) -> String? {
        do throws(PostgresError) {
            try connection.run(CheckInstallation())
            return nil
        } catch {
            guard error.isCopy else { throw error }
            return error.message
        }
    }

    /// Makes this database the one that sends.
    /// - Returns: true if another database, or none, was the one that sends before.
    package static func adopt(on connection: Connection) throws(PostgresError) -> Bool {
        let answer = try connection.run(AdoptInstallation())
        return answer.own != answer.previous
    }
}

/// Makes this database the one that sends.
package struct AdoptInstallation: StoredCall {
    package init() {}

    package struct Answer {
        /// The mark of this database.
        package let own: String
        /// The mark of the database that sent before; nil where none was stored.
        package let previous: String?
    }

    package static let statement = Statement(name: "adopt_installation", bytes: PackageResources.adopt_installation_sql)

    package func answer(_ rows: Rows) throws(PostgresError) -> Answer {
        let row = try rows.single()
        return Answer(own: try row.required("own"), previous: try row.optional("previous"))
    }
}

extension PostgresError {
    /// The database is a copy of the one that sends: the state (SQLSTATE) that the check fails with.
    package var isCopy: Bool { sqlState == "PB001" }
}
