import Domain

extension Preset {
    static let cake = Preset(
        "cake", title: "CAKE", address: .domain(path: "/p.ashx"),
        parameters: [
            Parameter("o", .option(.theirOffer)), Parameter("e", .option(.event)), Parameter("f", "pb"),
            Parameter("r", "{click_id}"), Parameter("t", "{transaction_id}"), Parameter("p", "{payout}"),
        ],
        refusals: [
            .pending: "its postback has no status, so this would be booked as a conversion before it is one",
            .rejected:
                "its postback has no status, so the rejection would be booked as a conversion; CAKE changes a disposition with its API UpdateConversionEvents only",
        ],
        options: [
            .needed(.domain, "the tracking domain in the network's postback URL"),
            .needed(.theirOffer, "the offer's id in CAKE (o)"),
            .needed(.event, "the event's id in CAKE (e)"),
        ],
        facts: [
            .checked(
                "the URL is https://HOST/p.ashx with f=pb",
                "https://support.getcake.com/support/solutions/articles/5000545822-ecommerce-commerce-pixel"),
            .checked(
                "o is the offer, e the event, r the request id of the click, t the advertiser's transaction", page),
            .checked("p overrides the received amount", page),
            .checked(
                "a disposition is changed by the API UpdateConversionEvents",
                "https://getcake.freshdesk.com/support/solutions/articles/13000068566-track-updateconversionevents-api-version-6"
            ),
            .unchecked(
                "which installations use /api/2/conversion.json, which a newer article of CAKE's shows, instead"),
        ],
        notes: [
            "If your offer's Tracking tab shows another URL than p.ashx, take that one: `postbacks presets --convert`."
        ])

    private static let page =
        "https://support.getcake.com/support/solutions/articles/5000546124-conversion-pixel-variables"
}
