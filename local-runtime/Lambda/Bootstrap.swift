import FunctionRuntime
import Gateway
import Logging
import System

/// The program of a file `bootstrap`: runs one function on AWS Lambda until SIGTERM.
package struct Bootstrap {
    private let function: String
    /// The folder of the function's executable.
    private let folder: String
    /// The loader that starts the function, with its libraries in the same folder.
    private let loader: String?
    /// The file of certificate authorities, unless POSTBACKS_CA_FILE names one.
    private let authorities: String?
    private let freshAfter: Duration

    /// A process that was idle for longer is replaced before its next call.
    package static let usualFreshAfter: Duration = .seconds(60)

    package init(
        _ function: String, in folder: String, loader: String?, authorities: String?,
        freshAfter: Duration = usualFreshAfter
    ) {
        self.function = function
        self.folder = folder
        self.loader = loader
        self.authorities = authorities
        self.freshAfter = freshAfter
    }

    package func run() throws {
        // This comes before any thread starts, because threads inherit the signal mask.
        let signals = try SignalDescriptor.ofEnd()
        let api = try Bootstrap.runtimeAPI()
        let runtime: LambdaRuntime
        do throws(FunctionError) {
            runtime = LambdaRuntime(
                api, try makeFunction(), signals: signals, logger: try Logger(named: "postbacks", .ofThisProcess))
            try runtime.checkStart()
        } catch {
            try api.failStart(error)
            throw error
        }
        try runtime.run()
    }

    private static func runtimeAPI() throws -> RuntimeAPI {
        guard let address = ProcessEnvironment["AWS_LAMBDA_RUNTIME_API"], !address.isEmpty else {
            throw FunctionError(
                .misconfigured, "AWS_LAMBDA_RUNTIME_API is not set; AWS Lambda sets it for the file bootstrap")
        }
        return try RuntimeAPI(address: address)
    }

    private func makeFunction() throws(FunctionError) -> LambdaFunction {
        let program = "\(folder)/\(function)"
        guard FunctionNames.all.contains(function), Executable.isExecutable(program) else {
            throw FunctionError(
                .misconfigured, "there is no function \(function) in \(folder); POSTBACKS_FUNCTIONS names the folder")
        }
        var variables = FunctionNames.environment(of: function, from: ProcessEnvironment.all)
        variables["SWIFT_BACKTRACE"] = "enable=no"
        if let authorities, !Settings.ofThisProcess.has("POSTBACKS_CA_FILE") {
            variables["POSTBACKS_CA_FILE"] = authorities
        }
        // The libraries beside the loader must not be mixed with those that LD_LIBRARY_PATH names on Lambda.
        let start = loader.map { [$0, "--library-path", FileSystem.parent(of: $0)] } ?? []
        return LambdaFunction(
            name: function, command: start + [program], environment: variables, freshAfter: freshAfter)
    }
}
