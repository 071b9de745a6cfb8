import ArgumentParser
import Gateway
import Lambda

struct LambdaBootstrap: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a function on AWS Lambda: the program of the file `bootstrap` in a zip.",
        usage: "postbacks lambda-bootstrap FUNCTION [OPTIONS]",
        discussion: """
            Takes calls from the Runtime API at AWS_LAMBDA_RUNTIME_API, until SIGTERM.
            An event is the function's input, a request of API Gateway (payload format
            2.0) or of a function URL, a batch of SQS, or an event of EventBridge.
            `postbacks package lambda` writes the zip.

            The log is on standard error; with LOG_LEVEL=debug it has a line for each
            call.
            """)

    @Argument(help: "The function, e.g. recordConversion.", completion: .list(FunctionNames.all))
    var function: String

    @Option(help: "The folder of the function's executable. Without it: POSTBACKS_FUNCTIONS.")
    var functions: String?

    @Option(help: "The loader that starts the function, with its libraries in the same folder.")
    var loader: String?

    @Option(help: "The file of certificate authorities, unless POSTBACKS_CA_FILE names one.")
    var caFile: String?

    @Option(help: "Seconds without a call after which the next one gets a fresh process.")
    var freshAfter = 60

    func run() throws {
        try reportingFailure {
            let folder = try Installation(functions: functions).functions
            try Bootstrap(
                function, in: folder, loader: loader, authorities: caFile, freshAfter: .seconds(freshAfter)
            ).run()
        }
    }
}
