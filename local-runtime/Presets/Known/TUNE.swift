import Domain

extension Preset {
    static let tune = Preset(
        "tune", title: "TUNE (HasOffers)", address: .domain(path: "/aff_lsr"),
        parameters: [
            Parameter("offer_id", .option(.theirOffer)), Parameter("transaction_id", "{click_id}"),
            Parameter("amount", "{sale_amount}"), Parameter("adv_sub", "{transaction_id}"),
            Parameter("security_token", .option(.token)),
        ],
        refusals: [
            .pending:
                "no status is documented for its postback, so this would be booked as a conversion, and the approval that follows may be refused as a duplicate",
            .rejected: "no status is documented for its postback, so the rejection would be booked as a conversion",
        ],
        bodyContains: "success=true",
        options: [
            .needed(.domain, "the network's tracking domain, such as NETWORK.go2cloud.org"),
            .optional(.theirOffer, "the offer's id in TUNE, as in the offer's postback URL"),
            .optional(.token, "the advertiser's security token, where one is set"),
        ],
        facts: [
            .checked("the URL is HOST/aff_lsr?offer_id=&transaction_id=, by GET", page),
            .checked("transaction_id is the session's, which TUNE gave at the click", page),
            .checked("an accepted postback is answered with success=true, a refused one with success=false", page),
            .checked("TUNE knows the error \"Duplicate conversion\"", page),
            .checked(
                "adv_sub is the advertiser's own value",
                "https://support.tune.com/hc/en-us/articles/1500005236742-Customizing-a-Conversion-URL"),
            .unchecked("amount is the sale amount, security_token the advertiser's token"),
            .unchecked("that a transaction's second postback is such a duplicate"),
            .unchecked("a parameter status (approved, pending, rejected), which a third party's connector sends"),
        ],
        notes: ["transaction_id in TUNE's words is the click: it gets {click_id}."])

    private static let page =
        "https://support.tune.com/hc/en-us/articles/4413247665431-Receiving-Conversions-via-Postback-URL"
}
