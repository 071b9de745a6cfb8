import JSON
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// `postbacks test`, with the real functions.
@Suite(.ownThreads) struct TestSendTests {
    private func installation(_ receiver: RunningReceiver) throws -> Installation {
        let installation = try Installation.make(["POSTBACKS_FUNCTIONS": Programs.folder])
        try installation.configure()
        try installation.createPostback([
            "conversionStatus": "done", "httpType": "POST(JSON)",
            "url": .string("\(receiver.url)/p?c={click_id}&test={is_test}"),
            "basicAuth": ["login": "ada", "password": "correct horse"], "requestParams": ["payout": "{payout:number}"],
        ])
        return installation
    }

    private func test(_ installation: Installation, _ arguments: String...) throws -> ChildProcess.Outcome {
        try Programs.run("postbacks", ["test"] + arguments, environment: installation.environment)
    }

    @Test func `it sends one marked request, shows it with its answer, and leaves nothing`() async throws {
        let receiver = try RunningReceiver()
        let installation = try installation(receiver)
        let outcome = try test(installation, "1")
        #expect(outcome.status == .exited(0), "\(outcome.errorText)")
        let requests = try await receiver.waitForRequests(count: 1)
        #expect(requests.count == 1)
        #expect(requests[0].target == "/p?c=sample-click&test=1")
        #expect(requests[0].headers.contains { $0.name.lowercased() == "postback-test" && $0.value == "1" })
        let report = try JSON(parsing: outcome.output)
        #expect(report["outcome"] == "delivered")
        #expect(report.at("request.headers.Postback-Test") == "1")
        #expect(report.at("request.body") == #"{"payout":12.30}"#)
        #expect(report.at("response.status") == 200)
        #expect(report["active"] == true && report["paused"] == .null)
        #expect(!outcome.text.contains("correct horse"))
        for table in ["conversions", "events", "deliveries", "outbox", "attempts"] {
            #expect(try installation.count(table) == 0, "\(table)")
        }
    }

    @Test func `it sends the values of a conversion, and fails when they are not delivered`() async throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [500]))
        let installation = try installation(receiver)
        try installation.record(["clickId": "c7", "payout": "7.50"])
        let outcome = try test(installation, "1", "--conversion", "1")
        #expect(outcome.status == .exited(1))
        let report = try JSON(parsing: outcome.output)
        #expect(report["outcome"] == "retry")
        #expect(report.at("request.body") == #"{"payout":7.50}"#)
        #expect(report.at("error.code") == "http_status")
        #expect(try installation.count("deliveries") == 0)
    }

    @Test func `an unknown postback and an invalid id are named`() throws {
        let installation = try installation(try RunningReceiver())
        for (arguments, status, words) in [
            (["9"], 66, "there is no postback 9"), (["1", "--conversion", "9"], 66, "there is no conversion 9"),
            (["one"], 65, "POSTBACK is an id"), (["1", "--conversion", "c7"], 65, "--conversion is an id"),
        ] as [([String], Int32, String)] {
            let outcome = try Programs.run("postbacks", ["test"] + arguments, environment: installation.environment)
            #expect(outcome.status == .exited(status), "\(arguments)")
            #expect(outcome.text == "")
            #expect(outcome.errorText.contains(words), "\(outcome.errorText)")
        }
    }
}
