import ArgumentParser
import EmbeddedPostgres
import FunctionRuntime
import Glibc
import JSON
import Postgres
import Receiver
import Store
import System

struct Demo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Run a demo with the fixtures in a temporary folder, and show each request that the receiver got.",
        discussion: "Exit status 0 only if all expected requests arrived. Nothing is left running.")

    @Option(help: "The folder that holds each function's fixtures, as functions/NAME/fixtures/*.json.")
    var fixtures = "functions"

    func run() throws {
        try reportingFailure {
            let signals = try SignalDescriptor.ofEnd()
            let home = try FileSystem.makeTemporaryFolder("/tmp/postbacks-demo-")
            defer { try? FileSystem.removeTree(home) }
            try FileSystem.setMode(0o711, of: home)
            let server = EmbeddedServer(home: home, settings: ["fsync": "off"])
            defer { server.stop() }
            try server.start { DemoText.print($0, indent: "  ") }
            try Migrate.run(on: server.connectionString)
            let stage = try DemoStage(
                home: home, connectionString: server.connectionString, fixtures: fixtures, signals: signals)
            defer { stage.clear() }
            let failures = try stage.play(DemoStory.steps)
            Terminal.print(try stage.deliveryLog())
            guard failures.isEmpty else {
                throw FunctionError(.internal, "not as expected:\n  " + failures.joined(separator: "\n  "))
            }
            Terminal.print("\nEverything arrived as expected: \(stage.requestCount) requests, each once.")
        }
    }
}

/// The environment of the demo: a receiver, a poller, and the functions with their settings.
private final class DemoStage {
    private let fixtures: String
    private let installation: Installation
    private let connectionString: String
    private let environment: [String: String]
    private let signals: SignalDescriptor
    private let receiver: Receiver
    private let poller: ChildProcess
    private let pollerLog: String
    private let arrived = Arrivals()

    var requestCount: Int { arrived.all.count }

    /// The requests that the receiver got.
    private final class Arrivals {
        var all: [ReceivedRequest] = []
    }

    /// The longest wait for a request.
    private static let patience: Duration = .seconds(60)
    /// How long the receiver listens for requests that must not come.
    private static let silence: Duration = .milliseconds(300)

    init(home: String, connectionString: String, fixtures: String, signals: SignalDescriptor) throws {
        self.fixtures = fixtures
        self.signals = signals
        self.connectionString = connectionString
        installation = try Installation(home: home)
        try installation.makeKeyIfMissing()
        var environment = try installation.environment(connectionString: connectionString)
        environment["POSTBACKS_HOME"] = home
        environment["POSTBACKS_ALLOW_CIDRS"] = "127.0.0.0/8"
        environment["POSTBACKS_ENCRYPTION_KEY"] = nil
        environment["POSTBACKS_ENCRYPTION_KEY_FILE"] = installation.keyFile
        self.environment = environment
        receiver = try Receiver(behaviour: ReceiverBehaviour())
        let arrived = arrived
        receiver.onRequest = { arrived.all.append($0) }
        pollerLog = "\(home)/poller.log"
        poller = try ChildProcess(
            ProcessArguments.program ?? "postbacks", ["poll"], environment: environment,
            errorOutput: .descriptor(try Descriptor.open(pollerLog, O_WRONLY | O_CREAT)), ownGroup: true)
        Terminal.print("  a receiver on http://127.0.0.1:\(receiver.port), a poller and a database are running\n")
    }

    /// Ends the poller.
    func clear() {
        poller.terminate()
        _ = try? poller.wait()
    }

    /// - Returns: the expectations that were not met.
    func play(_ steps: [DemoStory.Step]) throws -> [String] {
        var failures: [String] = []
        for (number, step) in steps.enumerated() {
            Terminal.print("\(number + 1). \(step.title)")
            let answer = try call(step)
            for expected in step.answer where !answer.contains(expected) {
                failures.append("step \(number + 1): the answer lacks \(expected): \(answer)")
            }
            let before = arrived.all.count
            try listen(until: before + step.requests.count)
            let requests = arrived.all[before...]
            for request in requests { DemoText.print(request) }
            let got = requests.map { "\($0.method) \($0.target.prefix { $0 != "?" })" }
            if got != step.requests {
                failures.append("step \(number + 1): expected \(step.requests), and \(got) arrived")
            }
            Terminal.print("")
        }
        return failures
    }

    /// Runs the function on its fixture, with the receiver's port inserted.
    private func call(_ step: DemoStory.Step) throws -> String {
        let path = "\(fixtures)/\(step.function)/fixtures/\(step.fixture).json"
        let command = "   $ \(step.function) < \(path)"
        Terminal.print(command.count > 80 ? "   $ \(step.function) \\\n       < \(path)" : command)
        let text = String(decoding: try FileSystem.read(path), as: UTF8.self)
        let input = text.split(separator: "127.0.0.1:8099", omittingEmptySubsequences: false)
            .joined(separator: "127.0.0.1:\(receiver.port)")
        let outcome = try ChildProcess.run(
            try installation.function(step.function), environment: environment, input: Array(input.utf8))
        guard outcome.status == .exited(0), let answer = try? JSON(parsing: outcome.output) else {
            throw FunctionError(
                .internal, "\(step.function) ended with \(outcome.status): \(outcome.text)\(outcome.errorText)")
        }
        let line = answer.encodedText
        DemoText.print(line.count > 228 ? "\(line.prefix(228))…" : line, indent: "   ")
        return line
    }

    /// Runs the receiver until this number of requests has come, and a little longer for requests that must not come.
    private func listen(until count: Int) throws {
        var end = Instant.now + DemoStage.patience
        var isComplete = false
        while Instant.now < end {
            if !isComplete, arrived.all.count >= count {
                isComplete = true
                end = Instant.now + DemoStage.silence
            }
            try receiver.turn(atMost: .milliseconds(20))
            if try !signals.readPending().isEmpty { throw FunctionError(.unavailable, "interrupted") }
            if let status = try poller.poll() {
                let log = (try? FileSystem.read(pollerLog)).map { String(decoding: $0, as: UTF8.self) } ?? ""
                throw FunctionError(.internal, "the poller ended with \(status): \(log)")
            }
        }
    }

    /// The view `delivery_log` as a table, once nothing is owed any more.
    func deliveryLog() throws -> String {
        let connection = try Connection(connectionString, applicationName: "postbacks demo")
        let end = Instant.now + DemoStage.patience
        while Instant.now < end {
            if try connection.run(CountOwed()).isEmpty { break }
            try receiver.turn(atMost: .milliseconds(50))
        }
        return "The delivery log:\n\n" + Terminal.table(try connection.run(ListDemoLog()))
    }
}

/// The output of the demo, in lines of 80 columns.
private enum DemoText {
    private static let columns = 80

    static func print(_ text: String, indent: String) {
        for line in DisplayWidth.lines(text, of: columns - indent.count - 1) {
            Terminal.print(Terminal.shown("\(indent)\(line)"))
        }
    }

    /// Prints a request as the receiver got it, after a rule.
    static func print(_ request: ReceivedRequest) {
        for line in request.display.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            let parts = DisplayWidth.lines(String(line), of: columns - 10)
            Terminal.print(Terminal.shown("   │ \(parts.first ?? "")"))
            for part in parts.dropFirst() { Terminal.print(Terminal.shown("   │     \(part)")) }
        }
    }
}
