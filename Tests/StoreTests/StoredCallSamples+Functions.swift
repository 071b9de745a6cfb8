import Domain
import Input
import JSON
import Postgres

@testable import Store

/// One call of each statement of the functions, for tables that have an offer "o" with goals, an affiliate "a", a postback 1 and a
/// conversion 1.
enum FunctionCallSamples {
    static let all: [any StoredCall] =
        offers + conversions + postbacks + deliveries + statistics + destinations + limits

    private static let offers: [any StoredCall] = [
        ConfigureAffiliate(id: "a", name: nil),
        ConfigureOffer(id: "o", name: "O", goalsEnabled: true, goals: [("g", "G"), ("h", "H")]),
        ListAffiliates(range: NamedRange(order: nil, after: nil, count: 10)),
        ListOffers(range: NamedRange(order: .oldest, after: "2026-01-01T00:00:00.000000Z/o", count: 10)),
        LockOffer(offerID: "o"),
        FindUnknown(ids: NamedIDs(offer: "o", affiliate: "x", postback: 1, conversion: 2, delivery: 3)),
    ]

    private static let conversions: [any StoredCall] = [
        RecordConversions(conversions: [new]), FindRepeats(conversions: [new]), AwaitStandby(),
        FindConversion(key: read(["offerId": "o", "transactionId": "t", "goalId": nil], ConversionKey.init)),
        ExplainConversion(conversionID: 1, all: true, kinds: .all, orderHold: .seconds(600)),
        ListConversions(
            filter: read(["offerId": "o"], ConversionFilter.init), order: .oldest, after: nil, count: 10),
        LockConversion(conversionID: 1), RedactConversion(conversionID: 1), FindEvent(conversionID: 1),
        UpdateStatuses(
            updates: [read(["conversionId": 1, "status": "rejected", "payout": nil], StatusUpdate.init)],
            orderHold: .seconds(600)
        ),
        WakePollers(),
    ]

    private static let postbacks: [any StoredCall] = [
        NextPostbackIDs(count: 2), FindIdempotentPostbacks(keys: ["key", "none"]), FindPostback(postbackID: 1),
        CreatePostbacks(lines: [
            CreatePostbacks.Line(id: 1000, postback: postback, request: request, fingerprint: "sha256:")
        ]),
        ListPostbacks(ids: [1]), LockPostbacks(ids: [1]), DeletePostback(postbackID: 1),
        UpdatePostbacks(
            lines: [
                UpdatePostbacks.Line(
                    update: read(["postbackId": 1, "active": false, "goalId": nil], PostbackUpdate.init), version: 1,
                    url: postback.template.url, httpType: .get, request: request, setsBasicAuth: true,
                    setsRequestParams: true, setsRequestHeaders: true, setsSigningSecret: true)
            ], isAllOrNone: true),
        FindUnknownPostbacks(ids: [1, 99]),
        FindOverlappingPostbacks(subject: .new(postback)), LockBackfill(postbackID: 1),
        BackfillPostback(
            postbackID: 1, since: Timestamp(milliseconds: 0), until: nil,
            after: "0", includesSilent: true, isDryRun: false),
        ListSealedPostbacks(), CountSealed(), FindClaimed(claims: nil), ResealPostbacks(postbacks: []),
    ]

    private static let statistics: [any StoredCall] = [
        CountAttempts(
            query: read(
                ["since": "2026-01-01T00:00:00Z", "until": "2028-01-01T00:00:00Z", "bucket": "day", "by": "offer"],
                StatisticsQuery.init)),
        CountMinutes(minutes: 3), ListPaced(limit: 10),
    ]

    private static let deliveries: [any StoredCall] = [
        ListDeliveries(filter: .none, order: .oldest, after: nil, count: 10, orderHold: .seconds(600)),
        ListAttempts(deliveries: [(id: 1, from: 0, until: 2_000_000_000)], isBrief: false),
        FollowAttempts(since: "2026-01-01", FollowAttempts.Filter(), limit: 10),
        FindUnresendable(deliveryIDs: [1, 99]),
        ResendDeliveries(request: read(["filter": ["offerId": "o"], "force": true], ResendRequest.init)),
    ]

    private static let destinations: [any StoredCall] = [
        ListDestinations(filter: read([:], DestinationFilter.init), order: .oldest, after: "0", count: 10),
        ConfigureDestination(
            changes: read(
                ["destination": "http://one", "maxInFlight": 4, "resume": true], DestinationChanges.init)),
        FindRecords(search: read(["text": "1"], RecordSearch.init), limit: 10),
    ]

    private static let limits: [any StoredCall] = [
        FindForeignPostbacks([1, 99], limits: own), FindForeignDeliveries([1, 99], limits: own),
        FindOwnConversion(read(["offerId": "o", "transactionId": "t"], ConversionKey.init), limits: own),
        CheckOwnDestination(["http://one:80"], limits: own),
    ]
    private static let own = KeyLimits(affiliateID: "a", offerID: "o")

    private static let new = read(
        ["offerId": "o", "affiliateId": "a", "transactionId": "new", "clickId": "c", "status": "done"],
        NewConversion.init)
    private static let postback = read(
        [
            "offerId": "o", "affiliateId": "a", "goalId": "g", "conversionStatus": "done",
            "url": "https://one.example/",
            "idempotencyKey": "key 2",
        ], NewPostback.init)
    private static let request = RequestColumns(postback.template, of: 1000, with: nil)

    private static func read<Value>(_ members: JSON, _ make: (inout Fields) -> Value) -> Value {
        var fields = Fields(members.members)
        return make(&fields)
    }
}
