import Gateway
import Store
import System
import TestSupport
import TestThreads
import Testing

/// Tests the text of `/metrics` with Prometheus's own checker, which `./Tests/run` takes from Debian's package.
@Suite(.ownThreads) struct PromtoolTests {
    /// The complaints of promtool about a text; empty if it has none.
    private func complaints(_ text: String) throws -> String {
        let path = try #require(
            Executable.find("promtool") ?? [Repository.root + "/.build/promtool"].first(where: Executable.isExecutable),
            "promtool is missing; ./Tests/run installs it")
        let outcome = try ChildProcess.run(
            path, ["check", "metrics"], environment: Programs.environment(), input: Array(text.utf8),
            timeout: .seconds(120))
        return outcome.status == .exited(0) ? "" : outcome.text + outcome.errorText
    }

    @Test func `promtool accepts every family of metrics`() throws {
        let metrics = GatewayMetrics()
        metrics.answered(route: "/function/listOffers", method: "POST", status: 503, seconds: 0.1)
        metrics.called("listOffers", code: "unavailable", seconds: 0.1)
        metrics.functionRestarted("listOffers", reason: "a\"b\\c\nd")
        let gauges = DatabaseGauges(AnswersTests.work, counters: AnswersTests.counters)
        #expect(try complaints(metrics.text(waiting: ["listOffers": 2], gauges: gauges)) == "")
        #expect(try complaints(metrics.text(waiting: [:], gauges: nil)) == "")
    }

    @Test(.withGateway) func `promtool accepts the answer of a gateway`() throws {
        let installation = try Installation.make()
        let gateway = try RunningGateway(installation)
        _ = try gateway.call("listOffers", "{}")
        _ = try gateway.call("recordConversion", "{}")
        #expect(try complaints(gateway.request("GET", "/metrics").text) == "")
    }

    @Test func `promtool finds mistakes`() throws {
        #expect(try complaints("# TYPE calls counter\ncalls 1\n").contains("calls"))
        #expect(try complaints("calls{a=\"\n") != "")
    }
}
