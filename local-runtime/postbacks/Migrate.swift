import ArgumentParser
import Postgres
import Store

struct Migrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the database's tables to this version. Safe to repeat, and while programs run.",
        discussion: """
            With --roles it also creates group roles of least privilege, once, with a login
            that may create roles; later migrations update their rights. Each program then
            gets its own login:

              postbacks_recorder  recordConversion, updateConversionStatus: cannot see
                                  secrets, not even sealed ones, nor change postbacks
              postbacks_poller    poll: cannot write conversions, events, offers; may
                                  pause a postback
              postbacks_manager   configure…, createPostback, updatePostback,
                                  updatePostbacks, deletePostback, resendDeliveries,
                                  backfillPostback, redactConversion, rekey, prune, and
                                  all of reader
              postbacks_reader    list…, findRecords, explainConversion,
                                  deliveryStatistics, showHealth, previewPostback,
                                  export, doctor

              CREATE ROLE shop_poller LOGIN PASSWORD '…' IN ROLE postbacks_poller;
            """)

    @Flag(help: "Create the roles, and grant each the rights that its programs need.")
    var roles = false

    func run() throws {
        try reportingFailure { try Migrate.run(on: try Installation().connectionString(), withRoles: roles) }
    }

    static func run(on connectionString: String, withRoles: Bool = false) throws {
        let connection = try Connection(connectionString, applicationName: "postbacks migrate")
        var count = 0
        try Migrations.run(on: connection, withRoles: withRoles) { migration in
            count += 1
            Terminal.printError("migrated to \(migration.number) (\(migration.name))")
        }
        if withRoles { Terminal.printError("granted: \(DatabaseRoles.names.joined(separator: ", "))") }
        if count == 0 {
            Terminal.printError(
                try Migrations.tables(on: connection).fault ?? "the tables are already those of this version")
        }
    }
}
