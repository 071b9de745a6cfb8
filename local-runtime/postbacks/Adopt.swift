import ArgumentParser
import Postgres
import Store

struct Adopt: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the database that is configured the one that sends.",
        discussion: """
            The database knows that it is the one that sends. A copy of it (a restored dump, \
            a database made from it, a cluster after pg_upgrade) finds out that it is another, \
            and no poller sends from there, so that a test on yesterday's data tells nobody \
            anything. Where the copy is to take over, stop the pollers of the old one and run \
            this once, with the login that migrates.
            """)

    func run() throws {
        try reportingFailure {
            let connection = try Connection(
                try Installation().connectionString(), applicationName: "postbacks adopt")
            let isNew = try InstallationMark.adopt(on: connection)
            Terminal.printError(
                isNew ? "from now on this database sends" : "this database is the one that sends already")
        }
    }
}
