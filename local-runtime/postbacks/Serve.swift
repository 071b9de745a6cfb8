import ArgumentParser
import FunctionRuntime
import Gateway
import System

struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the functions over HTTP, and the console, on an existing database, until SIGTERM.",
        discussion: """
            The first line of its output is `listening on http://ADDRESS:PORT`. Functions
            are at /function/NAME, the console at /console/, and /openapi.json describes
            everything. `postbacks up` does the same beside its poller.

            While no key exists it serves this machine only, and everything is open there;
            see `postbacks keys --help`.
            """)

    @OptionGroup var address: ListenOptions

    func run() throws {
        try reportingFailure {
            // This comes before any thread starts, because threads inherit the signal mask.
            let signals = try SignalDescriptor.ofEnd()
            let installation = try Installation()
            let connectionString = try installation.connectionString()
            guard let program = GatewayProcess.find() else { throw GatewayProcess.missing() }
            let gateway = try GatewayProcess(
                program, host: address.host, port: address.port,
                environment: try GatewayProcess.environment(installation, connectionString))
            var isListening = false
            while true {
                let ready = try wait(
                    for: [.read(signals.descriptor)] + gateway.interests, atMost: .milliseconds(200))
                if let status = try gateway.advance() {
                    guard status == .exited(0) else { throw ExitCode(status.exitCode) }
                    return
                }
                if !isListening, let url = gateway.address {
                    isListening = true
                    Terminal.print("listening on \(url)")
                    try Terminal.checkOutput()
                }
                if ready[0], !(try signals.readPending()).isEmpty {
                    let status = try gateway.end()
                    if status != .exited(0) { throw ExitCode(status.exitCode) }
                    return
                }
            }
        }
    }
}

/// Where the gateway listens.
struct ListenOptions: ParsableArguments {
    @Option(help: "The address to listen on. Any other than one of this machine needs a key.")
    var host = "127.0.0.1"

    @Option(help: "The port; 0 lets the system choose one.")
    var port = 8080

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port must be a number from 0 to 65535") }
    }
}

extension ChildProcess.ExitStatus {
    /// The status that a shell would report.
    fileprivate var exitCode: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}
