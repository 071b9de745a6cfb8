import Foundation
import JSON
import System
import TestSupport
import Testing

/// A function and inputs that use all of its fields.
struct FunctionInput: Sendable, CustomTestStringConvertible {
    let function: String
    /// Several inputs if fields exclude one another.
    let inputs: [JSON]

    var testDescription: String { function }

    /// The JSON Schema that the function prints.
    func schema(_ part: String = "input") throws -> JSON {
        let text = try Programs.run(function, ["--schema"]).output
        return try JSON(parsing: text)[part] ?? .null
    }

    /// deliverPostback dials the URLs of its inputs, so they must not leave this machine.
    private static func template(host: String) -> JSON {
        [
            "url": .string("http://\(host)/p?c={click_id}"), "httpType": "POST(JSON)",
            "basicAuth": ["login": "ada", "password": "secret"],
            "requestParams": ["a": "{payout:number}", "b": ["c": [1, true, nil]]],
            "requestHeaders": ["X-One": "{status}", "X-Api-Key": "k"],
            "signingSecret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "omitEmptyParams": true,
            "skipWhenEmpty": ["click_id", "sub1", "params.x"],
            "successWhen": ["statuses": ["200-204"], "bodyContains": "ok", "bodyLacks": "no", "retry": true],
        ]
    }

    private static let postback = template(host: "t.example").merging([
        "offerId": "o", "affiliateId": "a", "goalId": "g1", "conversionStatus": "pending", "active": false,
        "sendOvertaken": true,
    ])
    private static let bearer: JSON = ["basicAuth": ["token": "abc=", "scheme": "Bearer"]]

    private static let values: JSON = [
        "transactionId": "t", "clickId": "c", "statusReason": "r", "payout": "12.30", "revenue": .number("20.5"),
        "saleAmount": "-1e2",
        "currency": "USD", "ip": "192.0.2.1", "country": "DE", "userAgent": "UA",
        "clickedAt": "2026-01-02T03:04:05.678Z",
        "occurredAt": "2026-01-02T03:04:05+02:00", "params": ["sub1": "s"],
    ]
    private static let ids: JSON = ["offerId": "o", "affiliateId": "a", "goalId": "g1"]
    private static let page: JSON = ["limit": 5, "after": "MQ=="]
    /// Behind "2026-01-02T03:04:05.678901Z/1".
    private static let timedPage: JSON = [
        "limit": 5, "order": "newest", "after": "MjAyNi0wMS0wMlQwMzowNDowNS42Nzg5MDFaLzE=",
    ]
    private static let deliveries: JSON = times.merging([
        "deliveryId": 1, "conversionId": 1, "postbackId": 1, "offerId": "o", "affiliateId": "a", "transactionId": "t",
        "clickId": "c", "destination": "t.example", "httpStatus": "5xx", "errorCode": "http_status", "state": "dead",
        "everyAffiliate": false,
    ])
    private static let kinds: JSON = ["everyOffer": false, "everyAffiliate": false]
    private static let times: JSON = ["since": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"]

    static let all: [FunctionInput] = [
        FunctionInput(
            function: "configureOffer",
            inputs: [
                [
                    "offerId": "o", "name": "Offer", "goalsEnabled": true,
                    "goals": [["id": "g1", "name": "G"], ["id": 2]],
                ]
            ]),
        FunctionInput(function: "configureAffiliate", inputs: [["affiliateId": "a", "name": "Ada"]]),
        FunctionInput(
            function: "configureDestination",
            inputs: [["destination": "https://t.example", "maxInFlight": 4, "resume": true]]),
        FunctionInput(
            function: "listDestinations",
            inputs: [page.merging(["destination": "t.example", "isBlocked": true, "order": "newest"])]),
        FunctionInput(
            function: "findRecords",
            inputs: [kinds.merging(["text": "t", "offerId": "o", "affiliateId": "a"]), ["text": 7]]),
        FunctionInput(function: "listOffers", inputs: [page.merging(["offerId": "o"]), timedPage]),
        FunctionInput(function: "listAffiliates", inputs: [page.merging(["affiliateId": "a"]), timedPage]),
        FunctionInput(
            function: "createPostback",
            inputs: [
                postback.merging(["idempotencyKey": "k"]),
                postback.merging(bearer).merging(["offerId": "*", "goalId": nil]),
            ]),
        FunctionInput(
            function: "updatePostback",
            inputs: [
                template(host: "t.example").merging([
                    "postbackId": 1, "goalId": "g1", "conversionStatus": "done", "active": true, "resume": true,
                    "sendOvertaken": true, "retryNow": false,
                ]), bearer.merging(["postbackId": 1, "requestHeaders": ["Authorization": "x"]]),
            ]),
        FunctionInput(function: "showHealth", inputs: [[:]]),
        FunctionInput(
            function: "deliveryStatistics",
            inputs: [
                [
                    "since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z", "bucket": "day",
                    "by": "destination", "postbackId": 1, "destination": "t.example", "affiliateId": "*",
                    "offerId": "o", "outcome": "dead", "limit": 5,
                ]
            ]),
        FunctionInput(
            function: "updatePostbacks",
            inputs: [
                [
                    "filter": ids.merging([
                        "postbackIds": [999], "conversionStatus": "done", "destination": "t.example", "active": true,
                        "isPaused": false,
                    ]),
                    "changes": [
                        "active": false, "resume": true,
                        "replaceOrigin": ["from": "http://t.example", "to": "https://t2.example:8443/"],
                    ], "dryRun": true, "limit": 5, "after": "MQ==",
                ]
            ]),
        FunctionInput(function: "deletePostback", inputs: [["postbackId": 999]]),
        FunctionInput(
            function: "listPostbacks",
            inputs: [
                ids.merging(page).merging([
                    "conversionStatus": "done", "postbackId": 1, "active": true, "paused": false,
                    "destination": "t.example", "order": "oldest",
                ]).merging(kinds)
            ]),
        FunctionInput(
            function: "recordConversion", inputs: [ids.merging(values).merging(["status": "pending", "silent": true])]),
        FunctionInput(
            function: "updateConversionStatus",
            inputs: [
                ["offerId": "o", "transactionId": "t", "goalId": "g1", "status": "done"],
                [
                    "conversionId": 1, "status": "done", "statusReason": "r", "payout": "1", "revenue": 2,
                    "saleAmount": nil,
                    "expectedStatus": "pending",
                ], ["offerId": "o", "clickId": "c", "status": "rejected"],
            ]),
        FunctionInput(
            function: "listConversions",
            inputs: [
                ids.merging(timedPage).merging(times).merging([
                    "status": "done", "transactionId": "t", "clickId": 7,
                ])
            ]),
        FunctionInput(
            function: "explainConversion",
            inputs: [
                kinds.merging(["conversionId": 1, "all": true]),
                ["offerId": "o", "transactionId": "t", "goalId": "g1"],
                ["offerId": "o", "clickId": "c"],
            ]),
        FunctionInput(function: "redactConversion", inputs: [["conversionId": 1]]),
        FunctionInput(
            function: "deliverPostback",
            inputs: [template(host: "127.0.0.1:9"), template(host: "127.0.0.1:9").merging(bearer)].map { template in
                [
                    "deliveryId": 1, "attempt": 1, "postback": template.merging(["id": 1, "version": 1]),
                    "event": [
                        "id": 1, "sequence": 2, "status": "done", "previousStatus": "pending",
                        "at": "2026-01-02T03:04:05Z",
                    ],
                    "conversion": values.merging([
                        "id": 1, "status": "done", "offer": ["id": "o", "name": "O"],
                        "goal": ["id": "g1", "name": "G"],
                        "affiliate": ["id": "a", "name": "A"],
                    ]), "isTest": true,
                ]
            }),
        FunctionInput(
            function: "previewPostback",
            inputs: [
                ["postbackId": 1, "conversionId": 1], postback.merging(bearer),
                postback.merging(["idempotencyKey": "k"]).merging([
                    "sample": ids.merging(values).merging(["status": "done"])
                ]),
            ]),
        FunctionInput(function: "listDeliveries", inputs: [timedPage.merging(deliveries)]),
        FunctionInput(
            function: "resendDeliveries",
            inputs: [
                ["deliveryIds": [1, 2], "force": true, "dryRun": true, "after": "MQ=="],
                ["filter": deliveries.merging(["httpStatus": 503])],
            ]),
        FunctionInput(
            function: "backfillPostback",
            inputs: [times.merging(["postbackId": 1, "dryRun": true, "includeSilent": true, "after": "MQ=="])]),
    ]
}
