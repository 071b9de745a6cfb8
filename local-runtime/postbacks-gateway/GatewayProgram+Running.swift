#if Gateway
import Configuration
import Domain
import FunctionRuntime
import Gateway
import Logging
import NIOCore
import Store
import System

extension GatewayProgram {
    static let isReal = true

    /// The time for requests that are under way when the gateway has to end.
    private static let endPatience: Duration = .seconds(20)

    static func run(_ words: [String]) throws {
        // Signals are blocked before any thread starts, because threads inherit the signal mask.
        let signals = try SignalDescriptor.ofEnd()
        OpenFiles.allowAll()
        // A program that starts this one keeps its input open, and this one ends when the input does.
        let endsWithInput = words.contains("--until-input-ends")
        let arguments = try GatewaySettings(arguments: words.filter { $0 != "--until-input-ends" })
        let settings = Settings.ofThisProcess
        let logger = try Logger(named: "gateway", settings)
        let keys = KeyRing(isLocal: arguments.isLocal)
        let watch = DatabaseWatch(settings, keys: keys)
        try checkKeys(watch, arguments, logger)
        let metrics = GatewayMetrics()
        let programs = try functions(settings)
        let pool = try FunctionPool(programs, metrics: metrics, logger: logger)
        let description = DescriptionCache()
        let hosts = HostRules(bound: arguments.host, listed: try settings(.hosts))
        let log = try AccessLog(logger)
        let service = GatewayService(
            pool: pool, keys: keys, hosts: hosts, watch: watch, checks: try LimitChecks(settings),
            description: description, attempts: try settings(.retrySchedule).attempts, metrics: metrics, log: log)
        try watch.start(logger)
        let server = HTTPServer(service)
        let port = try listen(server, arguments)
        description.start(programs, logger: logger)
        try print("listening on \(arguments.url(port: port))\n")
        try waitForEnd(signals, endsWithInput: endsWithInput)
        logger.info("ending", metadata: ["patience": "\(endPatience.wholeSeconds) s"])
        service.beginEnd()
        server.stop(within: endPatience)
        finish { await pool.close() }
        log?.finish(within: .seconds(2))
    }

    private static func functions(_ settings: Settings) throws(FunctionError) -> [FunctionProgram] {
        let folder = try settings(.functions)
        let programs = FunctionProgram.all(
            in: folder, environment: ProcessEnvironment.all, attempt: try settings(.timeout))
        guard !programs.isEmpty else {
            throw FunctionError(
                .misconfigured, "there is no function in \(folder); POSTBACKS_FUNCTIONS names the folder")
        }
        return programs
    }

    /// Reads the keys for the first time. Other machines may connect only if a key exists.
    private static func checkKeys(_ watch: DatabaseWatch, _ arguments: GatewaySettings, _ logger: Logger) throws {
        do throws(FunctionError) {
            let exist = try watch.loadKeysOnce().exist
            guard exist || arguments.isLocal else {
                throw FunctionError(
                    .misconfigured,
                    "--host \(arguments.host) lets other machines connect, and no key exists; run: postbacks keys create --name NAME --scope manage"
                )
            }
        } catch {
            // A database that cannot be reached may come back later; until then all calls are refused.
            guard error.code == .unavailable, arguments.isLocal else { throw error }
            logger.warning("the database cannot be reached yet", metadata: ["reason": "\(error.message)"])
        }
    }

    private static func listen(_ server: HTTPServer, _ arguments: GatewaySettings) throws -> Int {
        do {
            return try server.listen(host: arguments.host, port: arguments.port)
        } catch let error as IOError {
            throw FunctionError(
                .misconfigured,
                "cannot listen on \(arguments.host) port \(arguments.port): \(error.description); choose another with --port"
            )
        }
    }

    private static func waitForEnd(_ signals: SignalDescriptor, endsWithInput: Bool) throws {
        let interests: [Interest] = [.read(signals.descriptor)] + (endsWithInput ? [.read(.standardInput)] : [])
        while true {
            let ready = try wait(for: interests, atMost: nil)
            if ready[0], !(try signals.readPending().isEmpty) { return }
            if endsWithInput, ready[1], case .end = try Descriptor.standardInput.read(upTo: 4096) { return }
        }
    }

    /// Runs the closure and waits for its end, at most 10 s, because requests had their time before. Waiting is safe
    /// here: the main thread does not run concurrent code.
    private static func finish(_ body: @escaping @Sendable () async -> Void) {
        guard let pipe = try? Descriptor.pipe() else { return }
        let end = pipe.write
        Task {
            await body()
            try? end.writeAll([1])
        }
        _ = try? wait(for: [.read(pipe.read)], atMost: .seconds(10))
    }
}
#endif
