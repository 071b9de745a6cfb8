import Domain
import FunctionRuntime
import Gateway
import Logging
import System

/// The program `postbacks-gateway`, which this one starts and watches. It ends when this process ends, because its
/// input is closed then.
final class GatewayProcess {
    private let program: String
    private let child: ChildProcess
    private let output: Descriptor?

    /// The URL at which it listens; nil until it has reported that.
    private(set) var address: String?
    private var buffer: [UInt8] = []

    /// Starts the program. `advance` reads its first line, which has the URL.
    init(
        _ program: String, host: String, port: Int, environment: [String: String]
    ) throws(SystemError) {
        self.program = program
        child = try ChildProcess(
            program, ["--host", host, "--port", "\(port)", "--until-input-ends"], environment: environment,
            input: .pipe, output: .pipe, ownGroup: true)
        output = child.output
        try output?.setNonBlocking()
    }

    /// The events to wait for before the next `advance`.
    var interests: [Interest] { address == nil ? [output].compactMap { $0.map(Interest.read) } : [] }

    /// Reads the first line if it has arrived.
    /// - Returns: the exit status once the program has ended.
    func advance() throws(SystemError) -> ChildProcess.ExitStatus? {
        if address == nil, let output, case .bytes(let bytes) = try output.read(upTo: 4096) {
            buffer += bytes
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                address = line.split(separator: " ").last.map(String.init)
            }
        }
        return try child.poll()
    }

    /// Asks it to end, and waits for that. It answers the requests that it has accepted, for up to 20 seconds.
    @discardableResult
    func end() throws(SystemError) -> ChildProcess.ExitStatus {
        child.terminate()
        child.input = nil
        return try child.wait()
    }
}

extension GatewayProcess {
    /// The path of the program: beside this one, or where `./local-runtime/build --gateway` puts it. A build without
    /// the gateway has a program of this name that only explains how to build the real one.
    /// - Returns: nil if there is none that works and has this version.
    static func find() -> String? {
        candidates.first { candidate in
            guard Executable.isExecutable(candidate) else { return false }
            let outcome = try? ChildProcess.run(candidate, ["--version"], timeout: .seconds(10))
            return outcome?.status == .exited(0) && outcome?.text == "postbacks-gateway \(Version.current)\n"
        }
    }

    private static var candidates: [String] {
        let program = FileSystem.resolve(ProcessArguments.program ?? "") ?? "./postbacks"
        let beside = "\(FileSystem.parent(of: program))/postbacks-gateway"
        guard let checkout = Checkout(ofBuild: program) else { return [beside] }
        let kinds = ["release", "debug"].sorted { first, _ in first == checkout.configuration }
        return kinds.map { "\(checkout.root)/.build-gateway/\(checkout.triple)/\($0)/postbacks-gateway" } + [beside]
    }

    static func missing() -> FunctionError {
        FunctionError(
            .misconfigured, "there is no program postbacks-gateway; build it with: ./local-runtime/build --gateway")
    }

    /// The environment of the gateway: the functions' folder, and the settings of functions that are called by hand.
    static func environment(_ installation: Installation, _ connectionString: String) throws -> [String: String] {
        // The gateway gives each function only the settings that it needs.
        var variables = try installation.environmentBesideUp(
            of: "previewPostback", connectionString: connectionString)
        variables["POSTBACKS_FUNCTIONS"] = installation.functions
        return variables
    }
}

/// Keeps the gateway running beside `postbacks up`: starts it as soon as its program is there, and again after it has
/// ended.
final class GatewayWatch {
    private let options: ListenOptions
    private let environment: [String: String]
    private let logger: Logger
    private var process: GatewayProcess?
    private var isAnnounced = false
    private var backoff = Backoff(first: .seconds(1), longest: .seconds(60))
    private var next: Instant = .distantPast

    /// The time between two searches for a program that does not exist: it may still be building.
    private static let lookInterval: Duration = .seconds(3)

    init(_ options: ListenOptions, environment: [String: String], logger: Logger) {
        self.options = options
        self.environment = environment
        self.logger = logger
    }

    func advance() {
        do throws(SystemError) {
            guard let process else { return try start() }
            let status = try process.advance()
            if let address = process.address, !isAnnounced {
                isAnnounced = true
                backoff.succeed()
                Terminal.printError("The console: \(address)/console/   (functions: \(address)/function/NAME)")
            }
            if let status { ended("\(status)") }
        } catch {
            ended("\(error)")
        }
    }

    private func start() throws(SystemError) {
        guard Instant.now >= next else { return }
        next = .now + GatewayWatch.lookInterval
        guard let program = GatewayProcess.find() else { return }
        process = try GatewayProcess(program, host: options.usedHost, port: options.usedPort, environment: environment)
    }

    private func ended(_ reason: String) {
        process = nil
        isAnnounced = false
        let wait = backoff.fail()
        next = .now + wait
        logger.error(
            "the gateway has ended; it is started again",
            metadata: ["reason": "\(reason)", "seconds": "\(wait.wholeSeconds)"])
    }

    func end() { _ = try? process?.end() }
}
