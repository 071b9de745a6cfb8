import ArgumentParser
import Postgres
import Store

struct Migrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the database's tables to this version. Safe to repeat, and while programs run.")

    func run() throws {
        try reportingFailure { try Migrate.run(on: try Installation().connectionString()) }
    }

    static func run(on connectionString: String) throws {
        let connection = try Connection(connectionString, applicationName: "postbacks migrate")
        var count = 0
        try Migrations.run(on: connection) { migration in
            count += 1
            Terminal.printError("migrated to \(migration.number) (\(migration.name))")
        }
        if count == 0 { Terminal.printError("the tables are those of this version") }
    }
}
