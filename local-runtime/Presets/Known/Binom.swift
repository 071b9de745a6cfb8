import Domain

extension Preset {
    static let binom = Preset(
        "binom", title: "Binom", address: .domain(path: "/<path>"),
        parameters: [
            Parameter("cnv_id", "{click_id}"), Parameter("payout", .unlessRejected("{payout}", instead: "0")),
            Parameter("cnv_status", .words([.pending: "Hold", .done: "approve", .rejected: "reject"])),
            Parameter("cnv_currency", "{currency}"),
        ],
        options: [
            .needed(.domain, "the host of your Binom"),
            OptionUse(
                option: .path, meaning: "the tracker's file, with its folder if it has one",
                necessity: .byDefault("click.php")
            ),
        ],
        facts: [
            .checked("the URL is https://HOST/click.php, a folder before it if the tracker is in one", page),
            .checked("cnv_id is the click, payout the money, cnv_currency its currency", page),
            .checked("cnv_status is free text; approve and reject are among the vendor's examples", page),
            .checked("Hold is an example too, with its payout", "https://docs.binom.org/update-conv.php"),
            .checked(
                "a payout of its own in the offer overrules the postback's, unless it is on Auto",
                "https://docs.binom.org/payout-tracking.php"),
            .unchecked("a rejection with payout=0 takes the booked payout away, unless the offer has Upsell on"),
            .unchecked("the path of Binom 2: give --path as your tracker shows it"),
        ],
        notes: ["Set the offer's payout in Binom to Auto, and Upsell off."])

    private static let page = "https://docs.binom.org/postback-url.php"
}
