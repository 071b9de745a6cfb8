import Domain
import JSON
import Secrets
import Store

/// An alert as a line for deliverPostback: a POST(JSON) to the operator, signed like any other request.
enum AlertLine {
    /// The claim that a delivery process takes. It has the alert's id and lease and belongs to no stored delivery.
    static func claim(_ alert: AlertOutbox.Alert, to receiver: AlertReceiver) -> Outbox.Claim {
        let id = "\(alert.id)/\(alert.leaseNumber)"
        return Outbox.Claim(
            id: id, delivery: alert.id, leaseNumber: alert.leaseNumber, destination: 0, postback: 0, conversion: 0,
            attempt: alert.attempt, dueAt: alert.at, line: line(id, alert, receiver).bytes)
    }

    private static func line(_ id: String, _ alert: AlertOutbox.Alert, _ receiver: AlertReceiver) -> JSON {
        var postback: [JSON.Member] = [
            JSON.Member("url", .string(receiver.url.text)), JSON.Member("httpType", "POST(JSON)"),
            JSON.Member(
                "requestParams",
                [
                    "type": .string(alert.type), "timestamp": .string(alert.at),
                    "data": alert.data.escapingBraces,
                ]),
        ]
        if let secret = receiver.secret { postback.append(JSON.Member("signingSecret", .string(secret.revealed))) }
        // The template has no macros, but the input must have an event and a conversion.
        return [
            "id": .string(id),
            "input": [
                "deliveryId": .integer(alert.id), "attempt": .integer(alert.attempt), "postback": .object(postback),
                "event": ["status": "done"], "conversion": ["offer": ["id": "alert"], "affiliate": ["id": "alert"]],
            ],
        ]
    }
}

extension JSON {
    /// The value with the braces of all texts doubled, so that they begin no macro.
    fileprivate var escapingBraces: JSON {
        switch self {
        case .string(let text): .string(text.escapingBraces)
        case .array(let items): .array(items.map(\.escapingBraces))
        case .object(let members): .object(members.map { Member($0.name, $0.value.escapingBraces) })
        case .null, .bool, .number, .encoded: self
        }
    }
}
