import ArgumentParser
import FunctionRuntime
import Gateway
import System

struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the functions over HTTP, and the console, on an existing database, until SIGTERM.",
        usage: "postbacks serve [--host HOST] [--port PORT] [--function NAME] [OPTIONS]",
        discussion: """
            The first line of its output is `listening on http://ADDRESS:PORT`. Functions
            are at /function/NAME, the console at /console/, and /openapi.json describes
            everything. `postbacks up` does the same beside its poller.

            While no key exists, it accepts every call, but only from this machine;
            see `postbacks keys --help`.

            With --function it serves that function alone, for a platform that passes
            requests to a server: POST on any path, the input as the body, or as the data
            of a CloudEvent. There are no keys: the platform decides who may call. It
            listens on $PORT at all addresses if PORT is set. After SIGTERM it still
            accepts requests for the time of --drain, and closes each connection after
            its answer; SIGINT or a second SIGTERM ends that time. If FN_LISTENER is set,
            it listens there for Fn. local-runtime/PLATFORMS.md says more.
            """)

    @OptionGroup var address: ListenOptions

    @Option(help: "Serve this function alone, without the gateway's program.", completion: .list(FunctionNames.all))
    var function: String?

    @Option(help: "With --function: the warm processes of the function (default: 2 for recording, otherwise 1).")
    var processes: Int?

    @Option(help: "With --function: the seconds for which it accepts requests after SIGTERM (default: 10).")
    var drain: Double?

    func validate() throws {
        if let function {
            try FunctionNames.checkExists(function)
        } else if processes != nil || drain != nil {
            throw ValidationError("--processes and --drain need --function")
        }
        guard processes.map((1...64).contains) ?? true else {
            throw ValidationError("--processes must be a number from 1 to 64")
        }
        guard drain.map((0...3600).contains) ?? true else {
            throw ValidationError("--drain must be a number of seconds from 0 to 3600")
        }
    }

    func run() throws {
        if let function { return try serve(function) }
        try reportingFailure {
            // Signals are blocked before any thread starts, because threads inherit the signal mask.
            let signals = try SignalDescriptor.ofEnd()
            let installation = try Installation()
            let connectionString = try installation.connectionString()
            guard let program = GatewayProcess.find() else { throw GatewayProcess.missing() }
            let gateway = try GatewayProcess(
                program, host: address.usedHost, port: address.usedPort,
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

/// The URL at which the gateway listens.
struct ListenOptions: ParsableArguments {
    static let localHost = "127.0.0.1"

    @Option(help: "The address to listen on (default: 127.0.0.1). Any other than one of this machine needs a key.")
    var host: String?

    @Option(help: "The port; 0 lets the system choose one (default: 8080).")
    var port: Int?

    func validate() throws {
        guard port.map((0...65535).contains) ?? true else {
            throw ValidationError("--port must be a number from 0 to 65535")
        }
    }

    var usedHost: String { host ?? ListenOptions.localHost }
    var usedPort: Int { port ?? 8080 }
}

extension ChildProcess.ExitStatus {
    /// The exit status as a shell would report it.
    fileprivate var exitCode: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}
