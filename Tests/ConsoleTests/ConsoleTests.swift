import System
import TestSupport
import TestThreads
import Testing

/// The console in Chromium, before the real gateway, functions and poller. Each scenario has a database and a browser of
/// its own; the scenarios are one after the other, because a browser needs a core.
@Suite(.ownThreads, .serialized, .withConsole) struct ConsoleTests {
    @Test(arguments: Scenario.all) func `the console passes the scenario`(_ scenario: Scenario) throws {
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
                try Python.interpreter(with: "selenium"), ["\(Scenario.folder)/run.py", scenario.name],
                environment: environment, timeout: .seconds(240))
            #expect(outcome.status == .exited(0), "\(outcome.text)\n\(outcome.errorText)")
        }
    }
}

/// A scenario of the folder `scenarios`, which Python runs.
struct Scenario: CustomTestStringConvertible {
    static let folder = "\(Repository.root)/Tests/ConsoleTests/scenarios"

    /// The scenarios of all files, by the lines that declare them.
    static let all: [Scenario] = FileSystem.names(in: folder).filter { $0.hasSuffix(".py") }.sorted().flatMap { file in
        let text = (try? Repository.text("Tests/ConsoleTests/scenarios/\(file)")) ?? ""
        return text.split(separator: "\n").compactMap { line in
            line.wholeMatch(of: /@scenario\("(.*)"\)/).map { Scenario(name: String($0.1)) }
        }
    }

    let name: String

    var testDescription: String { name }
}
