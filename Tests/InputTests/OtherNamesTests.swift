import Input
import Testing

struct OtherNamesTests {
    private static let createPostback = [
        "offerId", "affiliateId", "goalId", "conversionStatus", "url", "httpType", "basicAuth", "requestParams",
        "requestHeaders", "signingSecret", "omitEmptyParams", "skipWhenEmpty", "successWhen", "active", "sendOvertaken",
        "idempotencyKey",
    ]
    private static let updatePostback = ["postbackId"] + createPostback.dropFirst(2) + ["resume", "retryNow"]
    private static let recordConversion = [
        "offerId", "affiliateId", "goalId", "transactionId", "clickId", "status", "statusReason", "payout", "revenue",
        "saleAmount", "currency", "ip", "country", "userAgent", "clickedAt", "occurredAt", "params", "silent",
    ]
    private static let listDeliveries = [
        "conversionId", "postbackId", "affiliateId", "state", "since", "until", "limit", "after",
    ]

    @Test(
        arguments: [
            (createPostback, "status", "conversionStatus"), (createPostback, "method", "httpType"),
            (createPostback, "params", "requestParams"), (createPostback, "headers", "requestHeaders"),
            (createPostback, "auth", "basicAuth"), (createPostback, "affiliate", "affiliateId"),
            (createPostback, "offer", "offerId"), (createPostback, "goal", "goalId"),
            (createPostback, "secret", "signingSecret"),
            (createPostback, "body", "requestParams"), (createPostback, "event", "goalId"),
            (createPostback, "http_type", "httpType"), (createPostback, "conv_status", "conversionStatus"),
            (createPostback, "callback_url", "url"), (updatePostback, "id", "postbackId"),
            (updatePostback, "pause", "active"), (updatePostback, "enabled", "active"),
            (updatePostback, "unpause", "resume"), (recordConversion, "sub1", "params.sub1"),
            (recordConversion, "aff_sub3", "params.sub3"), (recordConversion, "txid", "transactionId"),
            (recordConversion, "transaction_id", "transactionId"), (recordConversion, "clickid", "clickId"),
            (recordConversion, "amount", "payout"), (recordConversion, "event", "goalId"),
            (recordConversion, "conversionStatus", "status"), (recordConversion, "order_id", "transactionId"),
            (recordConversion, "timestamp", "occurredAt"), (recordConversion, "geo", "country"),
            (listDeliveries, "status", "state"), (listDeliveries, "from", "since"),
            (listDeliveries, "id", "postbackId"),
            (listDeliveries, "cursor", "after"), (listDeliveries, "affiliate", "affiliateId"),
        ] as [([String], String, String)])
    func `the field that was meant is found though the words differ`(fields: [String], given: String, meant: String) {
        #expect(OtherNames.meant(by: given, among: fields) == meant)
    }

    @Test(arguments: ["zzzzzzzz", "", "x", "sub1", String(repeating: "status", count: 1000)])
    func `no field is named that the function does not have`(given: String) {
        #expect(OtherNames.meant(by: given, among: ["offerId", "goalsEnabled"]) == nil)
    }
}
