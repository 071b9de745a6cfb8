import System
import TestSupport
import TestThreads
import Testing

/// Tests that scripts describe themselves, and that `local-runtime/dev` refuses invalid calls.
@Suite(.ownThreads) struct ScriptsTests {
    private func run(_ script: String, _ arguments: [String]) throws -> ChildProcess.Outcome {
        try ChildProcess.run(
            "\(Repository.root)/\(script)", arguments, environment: Programs.environment(), input: [],
            timeout: .seconds(120))
    }

    @Test(arguments: [
        "local-runtime/build", "local-runtime/demo", "local-runtime/dev", "local-runtime/rebuild", "local-runtime/up",
        "Tests/run", "Tests/Benchmarks/Queues/install", "Tests/Benchmarks/gateway", "Tests/Benchmarks/peers",
        "Tests/Benchmarks/platforms", "Tests/Benchmarks/run", "Tests/Faults/run",
    ])
    func `--help says what it does, and does nothing`(script: String) throws {
        let outcome = try run(script, ["--help"])
        #expect(outcome.status == .exited(0))
        #expect(outcome.text.contains("./\(script)") || outcome.text.contains("\(script) "), "\(outcome.text)")
        #expect(outcome.errorText == "")
    }

    @Test(arguments: [
        (["listOfers"], "there is no function listOfers"), (["listOffers", "none"], "its fixtures: duplicate-member"),
        ([], "usage: "), (["listOffers", "--wach"], "usage: "), (["listOffers", "success", "more"], "usage: "),
    ])
    func `dev names the existing functions and fixtures`(arguments: [String], message: String) throws {
        let outcome = try run("local-runtime/dev", arguments)
        #expect(outcome.status == .exited(1))
        #expect(outcome.errorText.contains(message), "\(outcome.errorText)")
        #expect(outcome.text == "")
    }

    @Test func `invoke --start-server starts the embedded server for the call, and leaves its data and nothing else`()
        throws
    {
        let home = try TemporaryFolder()
        let environment = Programs.environment([
            "POSTBACKS_HOME": home.path, "POSTBACKS_FUNCTIONS": Programs.folder, "HOME": home.path,
        ])
        func invoke(_ function: String, _ input: String) throws -> ChildProcess.Outcome {
            try ChildProcess.run(
                Programs.path("postbacks"), ["invoke", "--start-server", "--pretty", function],
                environment: environment, input: Array(input.utf8), timeout: .seconds(120))
        }
        let configured = try invoke("configureOffer", #"{"offerId":"o1"}"#)
        #expect(configured.status == .exited(0), "\(configured.errorText)")
        #expect(configured.text.hasPrefix("{\n  \"offer\": {\n    \"id\": \"o1\""), "\(configured.text)")
        let without = try Programs.run("postbacks", ["invoke", "listOffers"], input: "{}", environment: environment)
        #expect(without.status == .exited(75))
        let listed = try invoke("listOffers", "{}")
        #expect(listed.text.contains(#""id": "o1""#), "\(listed.text)\(listed.errorText)")
        // The exit status is that of the function.
        #expect(try invoke("listOffers", #"{"limit":0}"#).status == .exited(65))
    }
}
