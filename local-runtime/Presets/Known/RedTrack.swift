import Domain

extension Preset {
    static let redtrack = Preset(
        "redtrack", title: "RedTrack", address: .domain(path: "/postback"),
        parameters: [
            Parameter("clickid", "{click_id}"), Parameter("sum", .unlessRejected("{payout}", instead: "0")),
            Parameter("status", .words([.pending: "pending", .done: "approved", .rejected: "declined"])),
            Parameter("type", .option(.event)),
        ],
        options: [
            .needed(.domain, "your tracking domain in RedTrack"),
            .optional(.event, "a conversion type, exactly as it is written in RedTrack"),
        ],
        facts: [
            .checked(
                "the URL is https://TRACKINGDOMAIN/postback?clickid=",
                "https://help.redtrack.io/knowledgebase/kb/basic-setup-9785/supported-dynamic-parameters/%d1%81lick-id-parameter/"
            ),
            .checked(
                "sum is the money",
                "https://redtrack.zendesk.com/hc/en-us/articles/207082019-Step-2-Adding-Affiliate-Networks"),
            .checked("type is the conversion type, case-sensitive", types),
            .checked(
                "the statuses are pending, approved (paid), declined (not paid) and other",
                "https://help.redtrack.io/knowledgebase/kb/tracker-setup-for-affiliates/advanced-tracking-tracker-setup-for-advertisers/conditional-postback/"
            ),
            .checked("the duplicate postback mode decides what a second postback of a click does", types),
            .unchecked("the statuses' parameter is called status"),
            .unchecked("a declined postback with sum=0 takes the booked sum away"),
        ],
        notes: [
            "Set the duplicate postback mode to \"Edit conversion with new data\": in the others an approval or rejection that follows a pending one is a further conversion, or is ignored."
        ])

    private static let types = "https://help.redtrack.io/knowledgebase/kb/conversion-tracking/tracking-event-types/"
}
