import ArgumentParser
import Postgres
import Store

struct Adopt: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the configured database the one that sends.",
        discussion: """
            A database stores that it is the one that sends. A copy of it (a restored dump, \
            a database created from it, a cluster after pg_upgrade) notices that it is a copy, \
            and no poller sends from it, so a test with yesterday's data sends \
            nothing. To let the copy take over, stop the pollers of the old database and run \
            this command once, with the login that migrates.
            """)

    func run() throws {
        try reportingFailure {
            let connection = try Connection(
                try Installation().connectionString(), applicationName: "postbacks adopt")
            let isNew = try InstallationMark.adopt(on: connection)
            Terminal.printError(
                isNew ? "this database is now the one that sends" : "this database already is the one that sends")
        }
    }
}
