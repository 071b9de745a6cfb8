import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests events that the CloudEvents project's own library sends to `postbacks serve --function`.
@Suite(.ownThreads) struct CloudEventsTests {
    private let installation: Installation

    init() throws {
        installation = try Installation.make()
        try installation.configure()
    }

    /// Sends events and returns a line for each answer: its status, Retry-After and body.
    private func send(_ events: [(mode: String, id: String, data: JSON)], to served: ServedFunction) throws -> [String]
    {
        let lines = events.map { event in
            let attributes: JSON = ["id": .string(event.id), "source": "/shop", "type": "sale"]
            return (["mode": .string(event.mode), "attributes": attributes, "data": event.data] as JSON).encodedText
                + "\n"
        }
        let outcome = try ChildProcess.run(
            try Python.interpreter(with: "cloudevents.http"),
            ["\(Repository.root)/Tests/PlatformTests/send_events.py", "\(served.port)"],
            environment: Python.environment,
            input: Array(lines.joined().utf8), timeout: .seconds(120))
        #expect(outcome.status == .exited(0), "\(outcome.errorText)")
        return outcome.text.split(separator: "\n").map(String.init)
    }

    @Test func `both modes record, an event is recorded once, and what it carries decides first`() throws {
        let served = try ServedFunction("recordConversion", installation)
        let plain: JSON = ["offerId": "o", "affiliateId": "a", "payout": "12.30"]
        let named = plain.merging(["transactionId": "t1"])
        let answers = try send(
            [
                ("binary", "e1", named), ("structured", "e2", named), ("binary", "e3", plain),
                ("structured", "e3", plain),
                ("structured", "e4", plain),
            ], to: served)
        #expect(answers == Array(repeating: "202 - -", count: 5))
        let ids = try installation.ask("listConversions", [:])["conversions"]?.items.map {
            $0["transactionId"] ?? .null
        }
        #expect(ids.map { $0.compactMap(\.text).sorted() } == ["/shop e3", "/shop e4", "t1"])
    }

    @Test func `an event that cannot be recorded is refused, and one that may be sent again says so`() throws {
        let served = try ServedFunction("recordConversion", installation)
        let answers = try send(
            [
                ("binary", "e1", ["offerId": .number("5.5")]),
                ("structured", "e2", ["offerId": "x", "affiliateId": "a"]),
            ], to: served
        )
        #expect(answers[0].hasPrefix(#"400 - {"error":{"code":"invalid_request""#), "\(answers)")
        #expect(answers[1].hasPrefix(#"422 - {"error":{"code":"not_found""#), "\(answers)")
        let away = try ServedFunction(
            "recordConversion", installation, environment: ["DATABASE_URL": "host=127.0.0.1 port=1 user=u dbname=x"])
        let later = try send([("binary", "e1", ["offerId": "o", "affiliateId": "a"])], to: away)
        #expect(later.first?.hasPrefix("503 1 {") == true, "\(later)")
    }

    @Test func `a batch is a 415, and an event without its attributes a 400`() throws {
        let served = try ServedFunction("recordConversion", installation)
        #expect(try served.call("[]", ["Content-Type": "application/cloudevents-batch+json"]).status == 415)
        #expect(try served.call("{}", ["Content-Type": "application/cloudevents+json"]).status == 400)
        #expect(try served.call("{}", ["ce-specversion": "1.0"]).status == 400)
        #expect(try installation.count("conversions") == 0)
    }
}
