package import Postgres

/// Describes the server and the session's login.
package struct DescribeServer: StoredCall {
    package init() {}

    package struct Answer {
        /// `server_version_num`, for example 150018.
        package let number: Int
        package let text: String
        package let login: String
        /// The roles of `DatabaseRoles.names` that the login has, separated by commas; nil for none, and for a
        /// superuser.
        package let roles: String?
        package let isStandby: Bool
        package let isReadOnly: Bool
        package let hasChecksums: Bool
    }

    package static let statement = Statement(name: "describe_server", bytes: PackageResources.describe_server_sql)

    package var arguments: Arguments { ["roles": .array(DatabaseRoles.names)] }

    package func answer(_ rows: Rows) throws(PostgresError) -> Answer {
        let row = try rows.single()
        return Answer(
            number: try row.required("number"), text: try row.required("text"), login: try row.required("login"),
            roles: try row.optional("roles"), isStandby: try row.required("is_standby"),
            isReadOnly: try row.required("is_read_only"), hasChecksums: try row.required("has_checksums"))
    }
}

/// Writes 8 MiB and rolls them back; fails if the disk is full.
package struct TryWriting: StoredCall {
    package init() {}

    package static let statement = Statement(name: "try_writing", bytes: PackageResources.try_writing_sql)
}
