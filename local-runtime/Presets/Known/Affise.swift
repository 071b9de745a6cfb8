import Domain

extension Preset {
    static let affise = Preset(
        "affise", title: "Affise", address: .domain(path: "/postback"),
        parameters: [
            Parameter("clickid", "{click_id}"), Parameter("action_id", "{transaction_id}"),
            Parameter("sum", "{payout}"), Parameter("status", .words([.pending: "2", .done: "1", .rejected: "3"])),
            Parameter("goal", .option(.event)), Parameter("secure", .option(.token)),
        ],
        options: [
            .needed(.domain, "the postback host that the Affise network names"),
            .optional(.event, "a goal's number or value in Affise"),
            .optional(.token, "the secure postback code of the offer or advertiser"),
        ],
        facts: [
            .checked(
                "the URL is https://HOST/postback?clickid=",
                "https://affise.zendesk.com/hc/en-us/articles/115002634845-Affise-Affise"),
            .checked(
                "clickid is the click, and required; action_id the advertiser's conversion; sum the revenue", page),
            .checked("status is 1 approved, 2 pending, 3 declined, 5 hold", page),
            .checked("goal is a goal's number or value, secure the hash of offer or advertiser", page),
            .unchecked("a postback with a known action_id changes that conversion's status"),
        ],
        notes: [
            "The documented parameters have none for the currency: sum must be in the one that the network expects."
        ])

    private static let page = "https://help-center.affise.com/en/articles/6475468-affise-postback-url-parameters"
}
