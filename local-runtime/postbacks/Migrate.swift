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

            With --publication it also makes the publication postbacks_events, once: each
            event as it is inserted, for Debezium (its outbox event router), Kafka Connect
            or a subscription. The server needs wal_level = logical.
            """)

    @Flag(help: "Create the roles, and grant each the rights that its programs need.")
    var roles = false

    @Flag(help: "Make the publication postbacks_events of all new events.")
    var publication = false

    func run() throws {
        try reportingFailure {
            let connectionString = try Installation().connectionString()
            try Migrate.run(on: connectionString, withRoles: roles)
            if publication { try Migrate.publish(on: connectionString) }
        }
    }

    private static func publish(on connectionString: String) throws {
        let connection = try Connection(connectionString, applicationName: "postbacks migrate")
        let isLogical = try EventPublication.make(on: connection)
        Terminal.printError("published: \(EventPublication.name)")
        if !isLogical {
            Terminal.printError(
                "nobody can follow it yet: the server needs wal_level = logical, and a restart")
        }
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
