import ArgumentParser
import FunctionRuntime
import Glibc
import Logging
import POSIX
import Poller
import Store

struct Poll: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the poller alone, on a database that is there and migrated. Any number of them may run at once.")

    func run() throws {
        try reportingFailure {
            let signals = try SignalDescriptor([SIGTERM, SIGINT])
            let installation = try Installation()
            _ = try installation.requireKeys()
            let logger = try Logger(named: "postbacks", installation.settings)
            let connectionString = try installation.connectionString()
            try InstallationMark.require(connectionString)
            let poller = try Poller(installation, connectionString, signals: signals, logger: logger)
            try poller.run()
        }
    }
}
