package import Postgres

/// Fails if the session is read-only.
package struct CheckWritable: StoredCall {
    package init() {}

    package static let statement = Statement(name: "check_writable", bytes: PackageResources.check_writable_sql)
}

/// Fails if this database is not the one that sends; see `InstallationMark`.
package struct CheckInstallation: StoredCall {
    package init() {}

    package static let statement = Statement(name: "check_installation", bytes: PackageResources.check_installation_sql)
}

/// Fails if the login lacks a right that a poller needs.
package struct CheckPollerRights: StoredCall {
    package init() {}

    package static let statement = Statement(
        name: "check_poller_rights", bytes: PackageResources.check_poller_rights_sql)
}
