import Domain

extension Preset {
    static let keitaro = Preset(
        "keitaro", title: "Keitaro", address: .domain(path: "/<key>/postback"),
        parameters: [
            Parameter("subid", "{click_id}"),
            Parameter("status", .words([.pending: "lead", .done: "sale", .rejected: "rejected"])),
            Parameter("payout", "{payout}"), Parameter("currency", "{currency}"), Parameter("tid", "{transaction_id}"),
        ],
        options: [
            .needed(.domain, "the host of your Keitaro"),
            .needed(.key, "the postback key, between the host and /postback under Maintenance > Postback URL"),
        ],
        facts: [
            .checked("the URL is https://HOST/KEY/postback", page), .checked("subid is the click, and required", page),
            .checked("status is lead (not confirmed), sale (confirmed) or rejected (cancelled)", page),
            .checked("payout, currency and tid (transaction)", page),
        ],
        notes: [
            "Keitaro documents lead to sale, lead to rejected and sale to rejected; not rejected back to sale.",
            "A new tid on a further sale counts as an upsell where the offer in Keitaro allows it.",
        ])

    private static let page = "https://docs.keitaro.io/en/conversions/postback.html"
}
