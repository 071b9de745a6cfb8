import System
import TestSupport
import TestThreads
import Testing

/// The console in Chromium, before the real gateway, functions and poller: what people do with it, and how it looks.
@Suite(.ownThreads, .serialized, .withConsole) struct ConsoleTests {
    @Test(arguments: Scenario.all(in: ["looks.py", "postbacks.py", "story.py"]))
    func `the console passes the scenario`(_ scenario: Scenario) throws { try Self.runner.run(scenario) }

    private static let runner = ScenarioRunner()
}

/// The same for hostile texts, the states of its lists, and what users of similar consoles complain of. Both suites run
/// at the same time, each with one browser, and each takes its scenarios one after the other: a browser needs a core.
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
