import Domain

extension Preset {
    static let voluum = Preset(
        "voluum", title: "Voluum", address: .domain(path: "/postback"),
        parameters: [
            Parameter("cid", "{click_id}"), Parameter("payout", "{payout}"), Parameter("txid", "{transaction_id}"),
            Parameter("currency", "{currency}"), Parameter("et", .option(.event)),
        ],
        refusals: [
            .pending: "its postback has no status, so this would be counted as a conversion before it is one",
            .rejected:
                "its postback has no status, so the rejection would be counted as one more conversion; correct it with Voluum's conversion upload",
        ],
        options: [
            .needed(.domain, "the tracking domain of your Voluum workspace"),
            .optional(.event, "a custom conversion's name (et)"),
        ],
        facts: [
            .checked("the URL is https://TRACKINGDOMAIN/postback", overview),
            .checked("cid is the click, and required", parameters),
            .checked("payout is optional, and counts where the offer's payout is on Auto", parameters),
            .checked("txid is the transaction", "https://doc.voluum.com/en/submitting_postback_url.html"),
            .checked("the parameters are cid, payout, txid, currency, et and param1 to param5: no status", overview),
            .checked(
                "revenue is corrected by an upload, also with a negative payout",
                "https://doc.voluum.com/en/conversion_upload.html"),
            .unchecked("et takes the name of a custom conversion"),
        ])

    private static let overview = "https://doc.voluum.com/en/tracking_conversions_postback.html"
    private static let parameters = "https://doc.voluum.com/article/parameters-in-postback-urls"
}
