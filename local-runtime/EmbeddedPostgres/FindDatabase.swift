import Postgres

/// Asks whether the server has a database.
struct FindDatabase: StoredCall {
    let name: String

    static let statement = Statement(name: "find_database", bytes: PackageResources.find_database_sql)

    var arguments: Arguments { ["name": .text(name)] }

    func answer(_ rows: Rows) -> Bool { !rows.isEmpty }
}
