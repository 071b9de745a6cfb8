import HostileReceiver
import JSON
import TestSupport
import Testing

/// One delivery to a hostile receiver, and its expected result.
struct TestDelivery {
    /// The ways in which a postback sends.
    static let httpTypes = ["GET", "POST(FORM)", "POST(JSON)"]
    /// One wait, so that a wait that a receiver requests is visible.
    static let schedule = "100"

    let id: Int
    let url: String
    let httpType: String
    let name: String
    let expected: DueOutcome
    /// The text of the parameter `filling`.
    var filling = "x"

    init(id: Int, to url: String, httpType: String = "GET", expecting behaviour: Behaviour) {
        self.init(id: id, to: url, httpType: httpType, name: behaviour.name, expecting: behaviour.expected)
    }

    init(id: Int, to url: String, httpType: String = "GET", name: String, expecting expected: DueOutcome) {
        self.id = id
        self.url = url
        self.httpType = httpType
        self.name = name
        self.expected = expected
    }

    var line: String {
        let input: JSON = [
            "deliveryId": .integer(id), "attempt": 1,
            "postback": [
                "id": .integer(id), "version": 1, "url": .string(url), "httpType": .string(httpType),
                "requestParams": ["click": "{click_id}", "filling": .string(filling)],
            ],
            "event": ["status": "done"],
            "conversion": ["offer": ["id": "o"], "affiliate": ["id": "a"], "clickId": "c1"],
        ]
        return (["id": .integer(id), "input": input] as JSON).encodedText
    }

    /// Compares the answer of deliverPostback with the expected one.
    func check(_ line: JSON) {
        guard let output = line["output"] else {
            Issue.record("\(name) \(httpType): \(line.encodedText)")
            return
        }
        let outcome = output["outcome"]?.text
        if let alternative = expected.alternative?.rawValue, outcome == alternative { return }
        var differences: [String] = []
        func expect(_ name: String, _ isRight: Bool) { if !isRight { differences.append(name) } }
        expect("outcome", outcome == expected.outcome.rawValue)
        let code = output.at("error.code")?.text
        expect("error.code", code.map(expected.codes.map(\.rawValue).contains) ?? expected.codes.isEmpty)
        expect("status", output.at("response.status")?.integer == expected.status)
        let isOverload = expected.outcome != .delivered && (expected.status == 429 || expected.status == 503)
        let kinds =
            isOverload ? ["overloaded"] : expected.status == nil ? ["unanswered", "inconclusive"] : ["answered"]
        expect("reaction", kinds.contains(output.at("reaction.kind")?.text ?? ""))
        let truncated = output.at("response.truncated") ?? false
        expect("truncated", truncated == .bool(expected.isTruncated))
        var wait: Double?
        if case .number(let text)? = output["retryInSeconds"] { wait = Double(text) }
        let usualWait = expected.wait.map { $0...$0 } ?? 100...120
        expect("retryInSeconds", wait.map(usualWait.contains) ?? (outcome != "retry"))
        expect("pausePostback", (output["pausePostback"] == true) == (expected.status == 410))
        let message = output.at("error.message")?.text ?? ""
        expect("message", !message.unicodeScalars.contains { $0.properties.generalCategory == .control })
        #expect(differences == [], "\(name) \(httpType): \(summary(output))")
    }

    private func summary(_ output: JSON) -> String {
        guard case .object(let members) = output else { return output.encodedText }
        return String(JSON.object(members.filter { $0.name != "request" }).encodedText.prefix(500))
    }
}
