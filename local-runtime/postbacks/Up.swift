import ArgumentParser
import EmbeddedPostgres
import FunctionRuntime
import Logging
import Poller
import Postgres
import Store
import System

struct Up: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Run everything: the embedded PostgreSQL (unless DATABASE_URL is set), migrations, the poller and the HTTP gateway, until SIGTERM.",
        discussion: """
            --watch is for work on this project: in a checkout, with Swift, it builds the
            functions whose sources change, and lets them take over. What is in flight is
            finished by the process that has it. A build that fails changes nothing but the
            terminal. The poller, the gateway and the migrations stay those of the start.
            """)

    @OptionGroup var address: ListenOptions

    @Flag(help: "Do not start the HTTP gateway.")
    var noGateway = false

    @Flag(help: "Build functions when their sources change, and let them take over; for a checkout with Swift.")
    var watch = false

    func run() throws {
        try reportingFailure {
            // This comes before any thread starts, because threads inherit the signal mask.
            let signals = try SignalDescriptor.ofEnd()
            let sources = try watch ? SourceWatch(signals) : nil
            defer { sources?.end() }
            let installation = try Installation(functions: sources?.functions)
            let logger = try Logger(named: "postbacks", installation.settings)
            var server: EmbeddedServer?
            if installation.isEmbedded {
                let embedded = EmbeddedServer(home: installation.home)
                do throws(EmbeddedServerError) {
                    try embedded.start(unless: signals.descriptor) { Terminal.printError($0) }
                } catch .interrupted {
                    return Terminal.printError("stopped before anything was started")
                }
                server = embedded
            } else if try installation.keys() == nil, try !installation.isRemote {
                throw StartCheck.missingKey(try installation.connectionString())
            }
            defer { server?.stop() }
            let connectionString = try server?.connectionString ?? installation.connectionString()
            try Migrate.run(on: connectionString)
            if server != nil { try Up.makeKey(installation, connectionString) }
            try StartCheck.run(
                connectionString, keys: try installation.keys(), opensSecrets: try !installation.isRemote,
                logger: logger)
            let poller = try Poller(
                installation, connectionString, isFollowed: watch, signals: signals, logger: logger)
            let exports = try Up.exports(installation, connectionString)
            let file = Up.file(installation, connectionString, exports, logger)
            defer { withExtendedLifetime(file) {} }
            Terminal.printError(Up.usage(installation, exports, file))
            var serverWatch = ServerWatch()
            let gateway =
                noGateway
                ? nil
                : GatewayWatch(
                    address, environment: try GatewayProcess.environment(installation, connectionString),
                    logger: logger)
            defer { gateway?.end() }
            try poller.run {
                gateway?.advance()
                sources?.advance(logger)
                // A server that has ended is started again; the poller waits for it meanwhile.
                if let server, !server.isRunning { serverWatch.restart(server, signals, logger) }
                return true
            }
        }
    }

    /// Makes the embedded default's key, but never in place of one that has sealed secrets: under the same id, a lost
    /// key would look like secrets that were tampered with.
    static func makeKey(_ installation: Installation, _ connectionString: String) throws {
        guard !installation.settings.has("POSTBACKS_ENCRYPTION_KEY"), FileSystem.kind(of: installation.keyFile) == nil
        else { return }
        let database = try Database(
            Settings(environment: ["DATABASE_URL": connectionString]), applicationName: "postbacks up")
        let count = try SecretRotation.sealed(in: database).reduce(0) { $0 + $1.count }
        guard count == 0 else { throw FunctionError.lostKeyFile(installation.keyFile, sealed: count) }
        try installation.makeKeyIfMissing()
    }

    /// The variables that another terminal needs, except the folder of the functions.
    private static func exports(
        _ installation: Installation, _ connectionString: String
    ) throws -> [(name: String, value: String)] {
        let variables = try installation.environment(connectionString: connectionString)
        var exports: [(name: String, value: String)] = []
        if installation.isEmbedded {
            exports.append(("DATABASE_URL", connectionString))
            if let keyFile = variables["POSTBACKS_ENCRYPTION_KEY_FILE"] {
                exports.append(("POSTBACKS_ENCRYPTION_KEY_FILE", keyFile))
            }
        }
        // createPostback refuses literal addresses that deliverPostback may not dial, so both need the same setting.
        return exports + UpFile.shared(variables)
    }

    /// A file that cannot be written is no reason to stop.
    private static func file(
        _ installation: Installation, _ connectionString: String, _ exports: [(name: String, value: String)],
        _ logger: Logger
    ) -> UpFile? {
        do throws(SystemError) {
            return try UpFile(
                in: installation.home, connectionString: connectionString, path: installation.functions, exports)
        } catch {
            logger.debug("the settings for other terminals cannot be written", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    private static func usage(
        _ installation: Installation, _ exports: [(name: String, value: String)], _ file: UpFile?
    ) -> String {
        var lines = ["", "Postbacks is running. In another terminal:", ""]
        lines += exports.map { "  export \($0.name)=\(ShellText.quoted($0.value))" }
        lines += [
            "  export PATH=\(ShellText.quoted(installation.functions)):\"$PATH\"",
            "  echo '{\"offerId\":\"o1\",\"goalsEnabled\":true}' | configureOffer", "",
        ]
        if let file { lines += ["All export lines in one command: . \(ShellText.quoted(file.path))"] }
        lines += [
            "Or, with the environment set for you: postbacks invoke configureOffer input.json",
            "Ctrl-C stops it properly.", "",
        ]
        return lines.joined(separator: "\n")
    }
}

/// When to start a server again that has ended: at once, then after waits that grow to a minute.
struct ServerWatch {
    private var backoff = Backoff(first: .seconds(1), longest: .seconds(60))
    private var next: Instant = .distantPast

    /// Starts the server, unless the wait after the last failure is not over.
    mutating func restart(_ server: EmbeddedServer, _ signals: SignalDescriptor, _ logger: Logger) {
        guard Instant.now >= next else { return }
        logger.error("the embedded server has ended; starting it again")
        do throws(EmbeddedServerError) {
            try server.start(unless: signals.descriptor) { Terminal.printError($0) }
            backoff.succeed()
        } catch .interrupted {
            // The poller takes the signal next and ends.
        } catch {
            let wait = backoff.fail()
            next = Instant.now + wait
            logger.error(
                "the embedded server does not start; trying again",
                metadata: ["reason": "\(error)", "seconds": "\(wait.wholeSeconds)"])
        }
    }
}

extension Poller {
    /// The poller of an installation. Neither deliverPostback nor the program that calls it on a platform gets the
    /// settings of the database. `isFollowed` says whether another file in the place of these programs takes over.
    convenience init(
        _ installation: Installation, _ connectionString: String, isFollowed: Bool = false, signals: SignalDescriptor,
        logger: Logger
    ) throws(FunctionError) {
        try DeliverySettings.check(installation.settings)
        let local = try DeliveryProgram(
            installation.function("deliverPostback"),
            environment: installation.environment(of: "deliverPostback", connectionString: nil), isFollowed: isFollowed)
        self.init(
            try PollerSettings(installation.settings, connectionString: connectionString),
            program: try installation.isRemote ? installation.remoteProgram(isFollowed: isFollowed) : local,
            local: local, signals: signals, logger: logger)
    }
}
