import Domain

extension Preset {
    /// A preset of no vendor: a flat event, as most ad platforms and analytics take in one form or another.
    static let json = Preset(
        "json", title: "Generic JSON (ad platforms, analytics)", address: .url, httpType: .json,
        parameters: [
            Parameter("event_id", "{delivery_id}"),
            Parameter("event_name", .words([.pending: "lead", .done: "purchase", .rejected: "cancel"])),
            Parameter("event_time", "{status_at}"), Parameter("status", "{status}"),
            Parameter("click_id", "{click_id}"),
            Parameter("order_id", "{transaction_id}"), Parameter("value", "{payout:number}"),
            Parameter("currency", "{currency}"), Parameter("offer_id", "{offer_id}"),
            Parameter("goal_id", "{goal_id}"),
        ],
        options: [
            .needed(.url, "where the events go, whole"), .optional(.token, "sent as Authorization: Bearer"),
        ],
        facts: [.unchecked("all names: they come from no platform's documentation; adapt them to yours")],
        notes: [
            "event_id is the delivery's id: the same on every retry, so that a receiver can drop repeats.",
            "A platform that has no word for a cancellation must not get --status rejected.",
        ])
}
