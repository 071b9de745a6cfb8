import System
import TestSupport
import TestThreads
import Testing

/// The console in Chromium, before the real gateway, functions and poller: what people do with it, and how it looks.
@Suite(.ownThreads, .serialized, .withConsole) struct ConsoleTests {
    @Test(arguments: Scenario.all(in: ["hostile.py", "looks.py", "story.py"]))
    func `the console passes the scenario`(_ scenario: Scenario) throws { try scenario.run() }
}

/// The same for the states of its lists, and for what users of similar consoles complain of. Both suites run at the same
/// time, so that two browsers do; each takes its scenarios one after the other, because a browser needs a core.
@Suite(.ownThreads, .serialized, .withConsole) struct ConsoleStateTests {
    @Test(arguments: Scenario.all(in: ["complaints.py", "states.py"]))
    func `the console passes the scenario`(_ scenario: Scenario) throws { try scenario.run() }

    @Test func `every scenario belongs to one of the suites`() {
        let files = FileSystem.names(in: Scenario.folder).filter { $0.hasSuffix(".py") }.filter {
            !Scenario.all(in: [$0]).isEmpty
        }
        #expect(files.sorted() == ["complaints.py", "hostile.py", "looks.py", "states.py", "story.py"])
    }
}

/// A scenario of the folder `scenarios`, which Python runs.
struct Scenario: CustomTestStringConvertible {
    static let folder = "\(Repository.root)/Tests/ConsoleTests/scenarios"

    /// The scenarios of these files, by the lines that declare them.
    static func all(in files: [String]) -> [Scenario] {
        files.flatMap { file in
            let text = (try? Repository.text("Tests/ConsoleTests/scenarios/\(file)")) ?? ""
            return text.split(separator: "\n").compactMap { line in
                line.wholeMatch(of: /@scenario\("(.*)"\)/).map { Scenario(name: String($0.1)) }
            }
        }
    }

    let name: String

    var testDescription: String { name }

    /// Runs it with a database and a browser of its own.
    func run() throws {
        let installation = try Installation.make()
        try installation.withPoller(["POSTBACKS_RETRY_SCHEDULE": "1,1"]) { _ in
            let gateway = try ConsoleGateway(installation)
            // Chromium leaves files behind.
            let folder = try TemporaryFolder()
            var environment = Python.environment.merging(installation.environment) { $1 }
            environment["TMPDIR"] = folder.path
            environment["GATEWAY_URL"] = gateway.url
            environment["POSTBACKS_PROGRAM"] = Programs.path("postbacks")
            let outcome = try ChildProcess.run(
                try Python.interpreter(with: "selenium"), ["\(Scenario.folder)/run.py", name],
                environment: environment, timeout: .seconds(240))
            #expect(outcome.status == .exited(0), "\(outcome.text)\n\(outcome.errorText)")
        }
    }
}
