import Domain

extension Preset {
    static let everflow = Preset(
        "everflow", title: "Everflow", address: .domain(path: "/"),
        parameters: [
            Parameter("nid", .option(.account)), Parameter("transaction_id", "{click_id}"),
            Parameter("amount", "{sale_amount}"), Parameter("order_id", "{transaction_id}"),
            Parameter("adv_event_id", .option(.event)), Parameter("verification_token", .option(.token)),
        ],
        refusals: [
            .pending: "no status is known of its postback, so this would be booked as a conversion before it is one",
            .rejected: "no status is known of its postback, so the rejection would be booked as a conversion",
        ],
        options: [
            .needed(.domain, "the tracking domain in the network's postback URL"),
            .needed(.account, "the network id (nid), under Control Center > Platform Configurations"),
            .optional(.event, "a global advertiser event's id (adv_event_id)"),
            .optional(.token, "the advertiser's verification token, where one is set"),
        ],
        facts: [
            .checked("nid and transaction_id are required; transaction_id is Everflow's click", page),
            .checked("amount is the sale amount, in the offer's currency", page),
            .checked(
                "order_id, adv_event_id and verification_token, as Everflow's SDK sends them",
                "https://developers.everflow.io/sdk/conversion-tracking"),
            .unchecked("the postback takes order_id, adv_event_id and verification_token under the SDK's names"),
            .unchecked("the path is /"), .unchecked("no parameter carries a status"),
        ],
        notes: [
            "transaction_id in Everflow's words is the click: it gets {click_id}.",
            "There is one global postback for base conversions and none for events: leave --event out for the former.",
        ])

    private static let page = "https://helpdesk.everflow.io/customer/accessing-editing-s2s-postback-urls"
}
