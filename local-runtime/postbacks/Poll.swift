import ArgumentParser
import FunctionRuntime
import Glibc
import Logging
import POSIX
import Poller

struct Poll: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the poller alone, on a database that is there and migrated. Any number of them may run at once.")

    func run() throws {
        try reportingFailure {
            let signals = try SignalDescriptor([SIGTERM, SIGINT])
            let installation = try Installation()
            _ = try installation.requireKeys()
            let logger = try Logger(named: "postbacks", installation.settings)
            let poller = try Poller(
                installation, try installation.connectionString(), signals: signals, logger: logger)
            try poller.run()
        }
    }
}
