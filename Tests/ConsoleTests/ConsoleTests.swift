import System
import TestSupport
import TestThreads
import Testing

/// Runs the console in Chromium, with the real gateway, functions and poller, and tests how people use it and how it
/// looks.
@Suite(.ownThreads, .serialized, .withConsole) struct ConsoleTests {
    @Test(arguments: Scenario.all(in: ["looks.py", "postbacks.py", "story.py"]))
    func `the console passes the scenario`(_ scenario: Scenario) throws { try Self.runner.run(scenario) }

    private static let runner = ScenarioRunner()
}

/// Tests the console with hostile texts, in all states of its lists, and for faults of which users of similar consoles
/// complain. Both suites run at the same time, each with one browser, and each takes its scenarios one after the other:
/// a browser needs a core.
@Suite(.ownThreads, .serialized, .withConsole) struct ConsoleStateTests {
    @Test(arguments: Scenario.all(in: ["complaints.py", "contents.py", "hostile.py", "states.py"]))
    func `the console passes the scenario`(_ scenario: Scenario) throws { try Self.runner.run(scenario) }

    private static let runner = ScenarioRunner()

    @Test func `every scenario belongs to one of the suites`() {
        let files = FileSystem.names(in: Scenario.folder).filter { $0.hasSuffix(".py") }.filter {
            !Scenario.all(in: [$0]).isEmpty
        }
        #expect(
            files.sorted() == [
                "complaints.py", "contents.py", "hostile.py", "looks.py", "postbacks.py", "states.py", "story.py",
            ])
    }
}
