import ArgumentParser
import FunctionRuntime
import Gateway
import Lambda
import Logging
import System

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
            // Signals are blocked before any thread starts, because threads inherit the signal mask.
            let signals = try SignalDescriptor.ofEnd()
            guard let address = ProcessEnvironment["AWS_LAMBDA_RUNTIME_API"], !address.isEmpty else {
                throw FunctionError(
                    .misconfigured, "AWS_LAMBDA_RUNTIME_API is not set; AWS Lambda sets it for the file bootstrap")
            }
            let api = try RuntimeAPI(address: address)
            let runtime: LambdaRuntime
            do throws(FunctionError) {
                runtime = LambdaRuntime(
                    api, try lambdaFunction(), signals: signals,
                    logger: try Logger(named: "postbacks", .ofThisProcess))
                try runtime.checkStart()
            } catch {
                try api.failStart(error)
                throw error
            }
            try runtime.run()
        }
    }

    private func lambdaFunction() throws(FunctionError) -> LambdaFunction {
        let program = try Installation(functions: functions).function(function)
        var variables = FunctionNames.environment(of: function, from: ProcessEnvironment.all)
        variables["SWIFT_BACKTRACE"] = "enable=no"
        if let caFile, !Settings.ofThisProcess.has("POSTBACKS_CA_FILE") { variables["POSTBACKS_CA_FILE"] = caFile }
        // The libraries beside the loader must not be mixed with those that LD_LIBRARY_PATH names on Lambda.
        let start = loader.map { [$0, "--library-path", FileSystem.parent(of: $0)] } ?? []
        return LambdaFunction(
            name: function, command: start + [program], environment: variables, freshAfter: .seconds(freshAfter))
    }
}
