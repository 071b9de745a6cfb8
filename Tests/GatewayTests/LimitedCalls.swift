/// The calls with which a limited key tries everything.
enum LimitedCalls {
    typealias Call = (function: String, input: String)

    /// The calls that name a record, with its ids in the place of `@1` to `@4`.
    static func calls(postback id: Int, own: Int) -> [Call] {
        let since = #""since":"2020-01-01T00:00:00Z""#
        return [
            ("backfillPostback", #"{"postbackId":@1,\#(since)}"#), ("deletePostback", #"{"postbackId":@1}"#),
            ("updatePostback", #"{"postbackId":@1,"active":false}"#),
            ("updatePostback", #"{"\u0070ostbackId":@1,"url":"http://evil.example/"}"#),
            ("previewPostback", #"{"postbackId":@1}"#), ("console/test", #"{"postbackId":@1}"#),
            ("listPostbacks", #"{"postbackId":@1}"#), ("listDeliveries", #"{"postbackId":@1}"#),
            ("deliveryStatistics", #"{"postbackId":@1,"bucket":"day","by":"destination",\#(since)}"#),
            ("updatePostbacks", #"{"filter":{"postbackIds":[@1]},"changes":{"active":false}}"#),
            ("updatePostbacks", #"{"filter":{"postbackIds":[\#(own),@1]},"changes":{"active":false},"dryRun":true}"#),
            ("updatePostbacks", #"{"filter":{"postbackIds":[@1,9999999999]},"changes":{"active":false}}"#),
            ("resendDeliveries", #"{"filter":{"postbackId":@1},"force":true}"#),
        ].map { ($0.0, $0.1.replacing("@1", with: "\(id)")) }
    }

    static func calls(conversion id: Int, _ offer: String, _ transaction: String, _ click: String, own: Int)
        -> [Call]
    {
        var calls: [Call] = [
            ("redactConversion", #"{"conversionId":@1}"#),
            ("previewPostback", #"{"postbackId":\#(own),"conversionId":@1}"#),
            ("console/test", #"{"postbackId":\#(own),"conversionId":@1}"#),
            ("listDeliveries", #"{"conversionId":@1}"#),
            ("resendDeliveries", #"{"filter":{"conversionId":@1},"force":true}"#),
        ]
        for key in [
            #""conversionId":@1"#, #""offerId":"@2","transactionId":"@3""#, #""offerId":" @2","clickId":"\u00a0@4""#,
            #""offerId":"@2","goalId":null,"transactionId":"@3""#,
        ] {
            calls += [
                ("explainConversion", "{\(key)}"), ("updateConversionStatus", "{\(key),\"status\":\"done\"}"),
                ("updateConversionStatus", "{\(key),\"status\":\"pending\",\"payout\":\"1\"}"),
            ]
        }
        return calls.map { call in
            (
                call.function,
                call.input.replacing("@1", with: "\(id)").replacing("@2", with: offer).replacing(
                    "@3", with: transaction
                )
                .replacing("@4", with: click)
            )
        }
    }

    static func calls(delivery id: Int, own: Int) -> [Call] {
        [
            ("listDeliveries", #"{"deliveryId":\#(id)}"#),
            ("resendDeliveries", #"{"deliveryIds":[\#(id)],"force":true}"#),
            ("resendDeliveries", #"{"deliveryIds":[\#(own),\#(id)],"force":true}"#),
            ("resendDeliveries", #"{"deliveryIds":[\#(id),9999999999],"force":true}"#),
            ("resendDeliveries", #"{"filter":{"deliveryId":\#(id)},"force":true}"#),
        ]
    }

    /// Calls that name no record of others, or name one by a filter that the limits narrow.
    static func broadCalls(_ world: LimitedWorld, _ limits: LimitedWorld.Limits) -> [Call] {
        let since = #""since":"2020-01-01T00:00:00Z""#
        var calls: [Call] = [
            ("listOffers", "{}"), ("listAffiliates", "{}"), ("listConversions", #"{"limit":1000}"#),
            ("listDeliveries", #"{"limit":1000}"#), ("listDeliveries", #"{"limit":1000,"order":"newest"}"#),
            ("listDeliveries", #"{"state":"dead","httpStatus":"5xx"}"#),
            ("listDeliveries", #"{"errorCode":"http_status"}"#),
            ("listDeliveries", #"{"state":"owed","affiliateId":null,"offerId":" "}"#),
            ("listPostbacks", #"{"limit":1000}"#),
            ("listPostbacks", #"{"affiliateId":"","order":"newest"}"#), ("listDestinations", "{}"),
            ("showHealth", "{}"),
            ("deliveryStatistics", #"{"bucket":"day","by":"destination",\#(since)}"#),
            ("deliveryStatistics", #"{"bucket":"day","by":"postback",\#(since)}"#),
            ("deliveryStatistics", #"{"bucket":"day","by":"affiliate",\#(since)}"#),
            ("deliveryStatistics", #"{"bucket":"day","by":"offer",\#(since)}"#),
            ("resendDeliveries", #"{"filter":{"state":"dead"},"dryRun":true}"#),
            ("resendDeliveries", #"{"filter":{"httpStatus":503},"force":true}"#),
            ("updatePostbacks", #"{"filter":{"active":true},"changes":{"active":false},"dryRun":true}"#),
            ("updatePostbacks", #"{"filter":{"conversionStatus":"pending"},"changes":{"active":false}}"#),
            ("updatePostbacks", #"{"filter":{"active":false},"changes":{"active":true}}"#),
            ("configureDestination", #"{"destination":"http://offer-two.aff-two.example","maxInFlight":1}"#),
            ("deliverPostback", "{}"), ("listDeliveries", #"{"everyAffiliate":true}"#),
            ("listPostbacks", #"{"everyAffiliate":true}"#), ("listPostbacks", #"{"everyOffer":true}"#),
        ]
        // Nothing of the limits concerns these two.
        for (field, id) in [("offerId", "offer-three"), ("affiliateId", "aff-three")] {
            calls += [
                ("findRecords", #"{"text":"\#(id)"}"#), ("findRecords", #"{"text":"\#(id)","\#(field)":"\#(id)"}"#),
                (field == "offerId" ? "listOffers" : "listAffiliates", #"{"\#(field)":"\#(id)"}"#),
                ("listPostbacks", #"{"\#(field)":"\#(id)"}"#), ("listConversions", #"{"\#(field)":"\#(id)"}"#),
            ]
        }
        for text in ["1", "offer-two", "aff-two"] { calls.append(("findRecords", #"{"text":"\#(text)"}"#)) }
        for postback in world.postbacks {
            calls += [
                ("findRecords", #"{"text":\#(postback.id)}"#),
                ("listDeliveries", #"{"destination":"\#(postback.host)"}"#),
                ("listPostbacks", #"{"destination":"\#(postback.host)"}"#),
                ("updatePostbacks", #"{"filter":{"destination":"\#(postback.host)"},"changes":{"active":true}}"#),
                ("resendDeliveries", #"{"filter":{"destination":"\#(postback.host)"}}"#),
            ]
        }
        for conversion in world.conversions {
            let (transaction, click) = (conversion.transaction, conversion.click)
            calls += [
                ("findRecords", #"{"text":\#(conversion.id)}"#), ("findRecords", #"{"text":"\#(transaction)"}"#),
                ("findRecords", #"{"text":"\#(click)"}"#), ("listConversions", #"{"transactionId":"\#(transaction)"}"#),
                ("listConversions", #"{"clickId":"\#(click)"}"#),
                ("listDeliveries", #"{"transactionId":"\#(transaction)"}"#),
                ("listDeliveries", #"{"clickId":"\#(click)"}"#),
                ("resendDeliveries", #"{"filter":{"clickId":"\#(click)"},"force":true}"#),
                // A repeat of another affiliate's conversion.
                (
                    "recordConversion",
                    #"{"offerId":"\#(conversion.offer)","affiliateId":"aff-one","transactionId":"\#(transaction)"}"#
                ),
                ("explainConversion", #"{"conversionId":\#(conversion.id),"all":true}"#),
            ]
        }
        for delivery in world.deliveries { calls.append(("findRecords", #"{"text":\#(delivery.id)}"#)) }
        return calls + foreignIDs(limits)
    }

    /// Calls with another offer or affiliate than the limits, in several spellings.
    static func foreignIDs(
        _ limits: LimitedWorld.Limits, affiliate: String = "aff-two", offer: String = "offer-two"
    ) -> [Call] {
        var calls: [Call] = []
        for (field, foreign) in [
            limits.affiliate.map { _ in ("affiliateId", affiliate) },
            limits.offer.map { _ in ("offerId", offer) },
        ].compactMap(\.self) {
            let other = field == "offerId" ? #""affiliateId":"aff-one""# : #""offerId":"offer-one""#
            for id in [foreign, " \(foreign)\u{a0}", "*", "\\u0061\(foreign)"] {
                for name in [field, field.replacing("I", with: "\\u0049")] {
                    let member = #""\#(name)":"\#(id)""#
                    calls += [
                        ("listConversions", "{\(member)}"), ("listDeliveries", "{\(member)}"),
                        ("listPostbacks", "{\(member)}"), ("findRecords", "{\"text\":\"1\",\(member)}"),
                        ("deliveryStatistics", #"{"bucket":"day","since":"2020-01-01T00:00:00Z",\#(member)}"#),
                        ("resendDeliveries", #"{"filter":{"state":"dead",\#(member)}}"#),
                        ("updatePostbacks", #"{"filter":{\#(member)},"changes":{"active":false}}"#),
                        ("recordConversion", #"{\#(other),\#(member),"transactionId":"new"}"#),
                        (
                            "createPostback",
                            #"{\#(other),\#(member),"conversionStatus":"done","url":"http://x.example/","httpType":"GET"}"#
                        ),
                        (
                            "previewPostback",
                            #"{\#(other),\#(member),"conversionStatus":"done","url":"http://x.example/","httpType":"GET"}"#
                        ),
                        (field == "offerId" ? "listOffers" : "listAffiliates", "{\(member)}"),
                        (field == "offerId" ? "configureOffer" : "configureAffiliate", "{\(member),\"name\":\"x\"}"),
                    ]
                }
            }
        }
        return calls
    }
}
