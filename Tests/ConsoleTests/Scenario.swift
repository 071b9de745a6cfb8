import Glibc
import JSON
import Synchronization
import System
import TestSupport
import Testing

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
}

/// Runs scenarios one after the other in one process of Python with one browser, which are started with the first
/// scenario and end with the process of the tests. Each scenario has a database, a poller, a gateway and a browser
/// context of its own.
final class ScenarioRunner: Sendable {
    /// Python, and the folder for its temporary files and those of the browser. Python removes the folder when it ends. If
    /// it is killed, the next process of tests ends its browser and removes the folder.
    private struct Running {
        let process: LineProcess
        let folder: TemporaryFolder
    }

    private let python = Mutex<Running?>(nil)

    func run(_ scenario: Scenario) throws {
        let installation = try Installation.make()
        let settings = ["POSTBACKS_RETRY_SCHEDULE": "1,1"]
        try installation.withPoller(settings) { _ in
            let gateway = try ConsoleGateway(installation, settings)
            let asked: JSON = [
                "name": .string(scenario.name), "gateway": .string(gateway.url),
                "program": .string(Programs.path("postbacks")),
                "environment": .object(installation.environment.map { JSON.Member($0.key, .string($0.value)) }),
            ]
            let report = try withExtendedLifetime(gateway) { try answer(asked) }
            #expect(report == .null, "\(report.text ?? report.encodedText)")
        }
    }

    /// The report of a scenario's failure; null if it passed.
    private func answer(_ asked: JSON) throws -> JSON {
        try python.withLock { python throws in
            let running = try python ?? ScenarioRunner.start()
            do {
                try running.process.write(asked.bytes + [UInt8(ascii: "\n")])
                let line = try running.process.readLine(seconds: 1200)
                python = running
                return try JSON(parsing: Array(line.utf8))["report"] ?? .null
            } catch {
                // A process that has not answered ends with its browser; the next scenario starts another one.
                python = nil
                running.process.end(SIGTERM)
                throw error
            }
        }
    }

    private static func start() throws -> Running {
        let folder = try TemporaryFolder()
        let process = try LineProcess(
            try Python.interpreter(with: "selenium"), ["\(Scenario.folder)/run.py", "--serve", folder.path],
            environment: Python.environment)
        return Running(process: process, folder: folder)
    }
}
