import ArgumentParser
import FunctionRuntime
import Logging
import Poller
import System

struct Poll: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Run the poller alone, on an existing database that has been migrated. Any number of pollers may run at once."
    )

    func run() throws {
        try reportingFailure {
            let signals = try SignalDescriptor.ofEnd()
            let installation = try Installation()
            let keys = try installation.keys()
            let logger = try Logger(named: "postbacks", installation.settings)
            let connectionString = try installation.connectionString()
            try StartCheck.run(connectionString, keys: keys, logger: logger)
            let poller = try Poller(installation, connectionString, signals: signals, logger: logger)
            try poller.run()
        }
    }
}
