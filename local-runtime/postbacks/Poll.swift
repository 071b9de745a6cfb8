import ArgumentParser
import FunctionRuntime
import Logging
import Poller
import System

struct Poll: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Run the poller alone, on an existing database that has been migrated. Any number of pollers may run at once.",
        discussion: """
            With --invoke, or POSTBACKS_INVOKE, a FaaS platform runs deliverPostback, and the \
            poller calls it there: OpenFaaS, Knative, Cloud Run, a Lambda function URL (the \
            call is signed with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), or \
            `postbacks serve --function deliverPostback`. Several URLs share the calls. The key \
            and the settings of deliverPostback are needed there: POSTBACKS_RETRY_SCHEDULE must \
            be the same in both places, and POSTBACKS_TIMEOUT here not shorter than there. A \
            failure of the platform (429, 502, 504, no connection, an answer that is not \
            deliverPostback's) costs no attempt, and the delivery is tried again soon.

              postbacks poll --invoke https://gateway.example/function/deliverpostback
            """)

    @Option(help: "URLs, comma-separated, where a platform runs deliverPostback. (default: POSTBACKS_INVOKE)")
    var invoke: String?

    func run() throws {
        try reportingFailure {
            let signals = try SignalDescriptor.ofEnd()
            let installation = try Installation(adding: invoke.map { ["POSTBACKS_INVOKE": $0] } ?? [:])
            let keys = try installation.keys()
            let logger = try Logger(named: "postbacks", installation.settings)
            let connectionString = try installation.connectionString()
            try StartCheck.run(
                connectionString, keys: keys, opensSecrets: try !installation.isRemote, logger: logger)
            let poller = try Poller(installation, connectionString, signals: signals, logger: logger)
            try poller.run()
        }
    }
}
