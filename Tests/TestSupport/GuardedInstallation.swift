import JSON
import Postgres
import System

/// An installation with the database roles, and one login for each role.
package struct GuardedInstallation {
    package let owner: Installation
    package let reader: Installation
    package let recorder: Installation
    package let poller: Installation
    package let manager: Installation
    /// A login without any rights.
    package let stranger: Installation

    package init(_ environment: [String: String] = [:]) throws {
        owner = try Installation.make(environment)
        let outcome = try Programs.run("postbacks", ["migrate", "--roles"], environment: owner.environment)
        guard outcome.status == .exited(0) else { throw DidNotHappen(description: outcome.errorText) }
        let database = owner.database
        func login(_ name: String, _ role: String?) throws -> Installation {
            let connection = try database.connect()
            // Logins belong to the whole server, so their names contain the database's name.
            let name = "\(try database.name())_\(name)"
            try connection.execute(
                script: "CREATE ROLE \(name) LOGIN \(role.map { "IN ROLE postbacks_\($0)" } ?? "")")
            return Installation(
                database: TestDatabase(connectionString: database.connectionString(user: name)),
                environment: environment)
        }
        reader = try login("reader", "reader")
        recorder = try login("recorder", "recorder")
        poller = try login("poller", "poller")
        manager = try login("manager", "manager")
        stranger = try login("stranger", nil)
    }
}

extension TestDatabase {
    fileprivate func name() throws -> String {
        try connect().run("SELECT current_database() AS name").first?.text("name") ?? ""
    }

    /// The connection string for another login to the same database.
    fileprivate func connectionString(user: String) -> String {
        connectionString.replacing("://postbacks@", with: "://\(user)@")
    }
}
