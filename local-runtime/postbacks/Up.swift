import ArgumentParser
import EmbeddedPostgres
import FunctionRuntime
import Glibc
import Logging
import POSIX
import Poller
import Postgres
import Store

struct Up: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Run it all: the embedded PostgreSQL (unless DATABASE_URL is set), migrations and the poller, until SIGTERM."
    )

    func run() throws {
        try reportingFailure {
            // Before any thread starts: they inherit which signals are waited for.
            let signals = try SignalDescriptor([SIGTERM, SIGINT])
            let installation = try Installation()
            let logger = try Logger(named: "postbacks", installation.settings)
            var server: EmbeddedServer?
            if installation.isEmbedded {
                let embedded = EmbeddedServer(home: installation.home)
                try embedded.start { Terminal.printError($0) }
                server = embedded
            } else {
                _ = try installation.requireKeys()
            }
            defer { server?.stop() }
            let connectionString = try server?.connectionString ?? installation.connectionString()
            try Migrate.run(on: connectionString)
            try InstallationMark.require(connectionString)
            if server != nil { try Up.makeKey(installation, connectionString) }
            Terminal.printError(try Up.usage(installation, connectionString))
            let poller = try Poller(installation, connectionString, signals: signals, logger: logger)
            try poller.run {
                // A server that has ended is started again; meanwhile the poller waits for it.
                if let server, !server.isRunning {
                    logger.error("the embedded server has ended; starting it again")
                    do throws(EmbeddedServerError) {
                        try server.start { Terminal.printError($0) }
                    } catch {
                        logger.error("the embedded server does not start", metadata: ["reason": "\(error)"])
                    }
                }
                return true
            }
        }
    }

    /// Makes the embedded default's key, but never a new one in place of one that has sealed something: under the same id it
    /// would make a lost key look like secrets that were tampered with.
    private static func makeKey(_ installation: Installation, _ connectionString: String) throws {
        guard !installation.settings.has("POSTBACKS_ENCRYPTION_KEY"), FileSystem.kind(of: installation.keyFile) == nil
        else { return }
        let database = try Database(
            Settings(environment: ["DATABASE_URL": connectionString]), applicationName: "postbacks up")
        let count = try SecretRotation.sealed(in: database).reduce(0) { $0 + $1.count }
        guard count == 0 else {
            throw FunctionError(
                .misconfigured,
                "\(installation.keyFile) is gone, and it has sealed \(count) secrets: put it back, or set POSTBACKS_ENCRYPTION_KEY"
            )
        }
        try installation.makeKeyIfMissing()
    }

    private static func usage(_ installation: Installation, _ connectionString: String) throws -> String {
        let variables = try installation.environment(connectionString: connectionString)
        var exports: [(name: String, value: String)] = []
        if installation.isEmbedded {
            exports.append(("DATABASE_URL", connectionString))
            if let keyFile = variables["POSTBACKS_ENCRYPTION_KEY_FILE"] {
                exports.append(("POSTBACKS_ENCRYPTION_KEY_FILE", keyFile))
            }
        }
        // createPostback refuses literal addresses that deliverPostback may not dial: both must be told the same.
        if let allowed = variables["POSTBACKS_ALLOW_CIDRS"] { exports.append(("POSTBACKS_ALLOW_CIDRS", allowed)) }
        var lines = ["", "Postbacks is running. In another terminal:", ""]
        lines += exports.map { "  export \($0.name)=\(ShellText.quoted($0.value))" }
        lines += [
            "  export PATH=\(ShellText.quoted(installation.functions)):\"$PATH\"",
            "  echo '{\"offerId\":\"o1\",\"goalsEnabled\":true}' | configureOffer", "",
            "or, with the environment set for you: postbacks invoke configureOffer input.json",
            "Ctrl-C stops it in good order.", "",
        ]
        return lines.joined(separator: "\n")
    }
}

extension Poller {
    /// The poller of an installation, with its deliverPostback, which learns nothing of the database.
    convenience init(
        _ installation: Installation, _ connectionString: String, signals: SignalDescriptor, logger: Logger
    ) throws(FunctionError) {
        try DeliverySettings.check(installation.settings)
        self.init(
            try PollerSettings(installation.settings, connectionString: connectionString),
            program: try installation.function("deliverPostback"),
            environment: try installation.environment(of: "deliverPostback", connectionString: nil), signals: signals,
            logger: logger)
    }
}
