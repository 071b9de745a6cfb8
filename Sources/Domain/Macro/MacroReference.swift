import Input
import JSON

/// The macros and modifiers that a template can contain, each with an example and its rendered form. `--help` and
/// functions/README.md show them.
package enum MacroReference {
    package struct Entry: Sendable, Equatable {
        /// The example.
        package let template: String
        package let meaning: String
        /// The example rendered with the sample; JSON text if it is a number or a boolean.
        package let rendered: String
    }

    package static let macros: [Entry] =
        MacroName.allCases.map { entry("{\($0.rawValue)}", $0.meaning) } + [
            entry("{sub1}", "The conversion's parameter sub1, and so on to {sub10}."),
            entry("{params.page}", "Any of the conversion's parameters, here page."),
        ]

    package static let modifiers: [Entry] = MacroModifier.allCases.map { entry($0.example, $0.meaning) }

    /// The values with which the examples are rendered.
    private static let sample: MacroValues = {
        let conversion: JSON = [
            "id": 1, "offer": ["id": "summer-sale", "name": "Summer Sale"],
            "goal": ["id": "deposit", "name": "First deposit"], "affiliate": ["id": "ada", "name": "Ada Media"],
            "transactionId": "t-1001", "clickId": "click-1001", "statusReason": "confirmed", "payout": "12.30",
            "revenue": "20.455", "saleAmount": "100.00", "currency": "USD", "ip": "192.0.2.17", "country": "DE",
            "userAgent": "Mozilla/5.0", "clickedAt": "2026-01-02T03:00:00.000Z",
            "occurredAt": "2026-01-02T03:04:05.678Z", "params": ["sub1": "newsletter", "page": "news/42"],
        ]
        var fields = Fields(conversion.members)
        return MacroValues(
            deliveryID: 2, attempt: 1, isTest: false, now: Timestamp(milliseconds: 1_767_323_101_000),
            event: EventSnapshot(
                id: 2, sequence: 2, status: .done, previousStatus: .pending,
                at: Timestamp(milliseconds: 1_767_323_100_000)), conversion: Conversion(&fields))
    }()

    private static func entry(_ text: String, _ meaning: String) -> Entry {
        Entry(template: text, meaning: meaning, rendered: rendered(text))
    }

    /// Renders an example in a place that accepts it; returns an empty text if no place does.
    private static func rendered(_ text: String) -> String {
        guard let template = (try? Template(parsing: text, in: .parameter)) ?? (try? Template(parsing: text, in: .url))
        else { return "" }
        if let (use, type) = template.typedMacro { return sample.json(of: use, as: type).encodedText }
        return (try? template.rendered(sample)) ?? ""
    }
}

extension MacroName {
    /// A description of the macro for users.
    var meaning: String {
        switch self {
        case .conversionID: "The conversion's id in this system."
        case .eventID: "The id of the event: one change of a conversion."
        case .eventSequence: "1 for the conversion's first event, 2 for the next, and so on."
        case .deliveryID: "The delivery's id, the same on each retry; use it to drop repeats."
        case .attempt: "1 for the first attempt, 2 for the next, and so on."
        case .clickID: "The affiliate's id of the click."
        case .transactionID: "The advertiser's id of the transaction."
        case .affiliateID: "The affiliate's id."
        case .affiliateName: "The affiliate's name."
        case .offerID: "The offer's id."
        case .offerName: "The offer's name."
        case .goalID: "The goal's id."
        case .goalName: "The goal's name."
        case .status: "pending, done or rejected."
        case .previousStatus: "The status before; empty for the first event."
        case .statusReason: "The reason of the status."
        case .payout: "What the affiliate earns."
        case .revenue: "What the network earns."
        case .saleAmount: "What the customer paid."
        case .currency: "The currency of the amounts."
        case .ip: "The visitor's address."
        case .country: "The visitor's country, two letters."
        case .userAgent: "The visitor's browser."
        case .clickedAt: "The time of the click."
        case .occurredAt: "The time of the conversion."
        case .statusAt: "The time of the change to the status."
        case .timestamp: "The time of the attempt."
        case .random: "A UUID, the same on each retry."
        case .isTest: "1 for a test, else 0."
        }
    }
}
