package import Postgres
import Store
import Text

/// The product on a new database: its tables, and the real functions with the settings that they need.
package struct Installation: Sendable {
    package let database: TestDatabase
    /// The variables that the functions get in addition to those of this process.
    package let environment: [String: String]

    package static func make(_ environment: [String: String] = [:]) throws -> Installation {
        Installation(database: try TestDatabase.withTables(), environment: environment)
    }

    /// Creates the tables in an empty database.
    package static func make(on database: TestDatabase, _ environment: [String: String] = [:]) throws -> Installation {
        try Migrations.run(on: try database.connect()) { _ in }
        return Installation(database: database, environment: environment)
    }

    /// Uses a database that has its tables, possibly with another login.
    package init(database: TestDatabase, environment: [String: String]) {
        self.database = database
        let settings = [
            "DATABASE_URL": database.connectionString, "POSTBACKS_ALLOW_CIDRS": "127.0.0.0/8",
            "POSTBACKS_ENCRYPTION_KEY": Installation.encryptionKey("test", 7),
        ]
        self.environment = settings.merging(environment) { $1 }
    }

    /// A key in the format of POSTBACKS_ENCRYPTION_KEY.
    package static func encryptionKey(_ id: String, _ byte: UInt8) -> String {
        "\(id):\(Base64.encode([UInt8](repeating: byte, count: 32)))"
    }

    /// Reads the column `value` of the first row as text.
    package func value(_ query: Query) throws -> String? {
        try database.connect().run(query).first?.text("value")
    }

    /// The number of rows of a table or view.
    package func count(_ table: String) throws -> Int {
        try database.connect().run("SELECT count(*) AS value FROM \(identifier: table)").first?.integer("value") ?? -1
    }
}
