import Gateway
import JSON
import Store
import Testing

/// Tests how the limits of a key change an input, without a gateway.
struct LimitRuleTests {
    private let affiliate = KeyLimits(affiliateID: "a1")
    private let offer = KeyLimits(offerID: "o1")
    private let both = KeyLimits(affiliateID: "a1", offerID: "o1")

    private func limited(_ name: String, _ input: String, _ limits: KeyLimits) throws -> String {
        String(decoding: try LimitedInput(Array(input.utf8), of: name, limits).bytes, as: UTF8.self)
    }

    private func refusal(_ name: String, _ input: String, _ limits: KeyLimits) -> Refusal? {
        #expect(throws: Refusal.self, "\(name) \(input)") { try limited(name, input, limits) }
    }

    @Test func `every function has a rule, and one without a rule is refused`() {
        #expect(LimitRule.all.keys.sorted() == FunctionNames.all.sorted())
        let refusal = refusal("someLaterFunction", "{}", affiliate)
        #expect(refusal?.status == 403 && refusal?.code == "forbidden")
        #expect(refusal?.message == "the key is limited to the affiliate a1; someLaterFunction concerns more than that")
    }

    @Test func `calls that concern more than the limits are refused`() {
        let everywhere = ["configureDestination", "deliverPostback", "listDestinations", "showHealth"]
        for name in FunctionNames.all {
            func isRefused(_ limits: KeyLimits) -> Bool {
                (try? limited(name, "{}", limits)) == nil && refusal(name, "{}", limits)?.status == 403
            }
            let refused = everywhere.contains(name)
            let byAffiliate = refused || ["configureOffer", "redactConversion"].contains(name)
            #expect(isRefused(affiliate) == (byAffiliate || name == "listOffers"), "\(name)")
            let byOffer = refused || name == "configureAffiliate"
            #expect(isRefused(offer) == (byOffer || name == "listAffiliates"), "\(name)")
            #expect(isRefused(both) == (byAffiliate || byOffer), "\(name)")
        }
    }

    @Test(arguments: [
        (#"{}"#, #"{"offerId":"o1","affiliateId":"a1"}"#),
        (#"{"limit":5, "status" : "done"}"#, #"{"offerId":"o1","affiliateId":"a1","limit":5,"status":"done"}"#),
        (#"{"affiliateId":"a1"}"#, #"{"offerId":"o1","affiliateId":"a1"}"#),
        (#"{"affiliateId":null,"offerId":""}"#, #"{"offerId":"o1","affiliateId":"a1"}"#),
        ("{\"affiliateId\":\" \u{a0}a1\u{2009}\u{feff}\"}", #"{"offerId":"o1","affiliateId":"a1"}"#),
        (#"{"\u0061ffiliate\u0049d":"\u0061\u0031","limit":1e0}"#, #"{"offerId":"o1","affiliateId":"a1","limit":1e0}"#),
        ("{\"affiliateId\":\"\u{a0}\"}", #"{"offerId":"o1","affiliateId":"a1"}"#),
    ])
    func `the limits become values of the filter, whatever the spelling`(input: String, expected: String) throws {
        #expect(try limited("listConversions", input, both) == expected)
    }

    @Test(arguments: [
        #"{"affiliateId":"a2"}"#, #"{"affiliateId":"*"}"#, #"{"affiliateId":" a2"}"#, #"{"affiliateId":"A1"}"#,
        #"{"\u0061ffiliateId":"a2"}"#, #"{"affiliateId":"a1","offerId":"o2"}"#, #"{"offerId":7}"#,
        "{\"affiliateId\":\"a1\u{200d}\"}",
    ])
    func `another value is refused, with the limit in the message`(input: String) {
        let refusal = refusal("listConversions", input, both)
        #expect(refusal?.status == 403)
        #expect(refusal?.message == "the key is limited to the affiliate a1 and the offer o1")
        #expect(refusal?.details.isEmpty == false)
    }

    @Test func `ids are compared by their bytes, and a number is its digits`() throws {
        let composed = KeyLimits(affiliateID: "caf\u{e9}")
        #expect(refusal("listConversions", "{\"affiliateId\":\"cafe\u{301}\"}", composed)?.status == 403)
        let seven = KeyLimits(offerID: "7")
        #expect(try limited("listConversions", #"{"offerId":7}"#, seven) == #"{"offerId":"7"}"#)
        #expect(refusal("listConversions", #"{"offerId":7.0}"#, seven)?.status == 400)
        #expect(refusal("listConversions", #"{"offerId":["7"]}"#, seven)?.status == 400)
        #expect(refusal("listConversions", #"{"offerId":true}"#, seven)?.status == 400)
    }

    @Test(arguments: ["recordConversion", "createPostback"])
    func `an input that creates something must name the limits itself`(name: String) throws {
        #expect(refusal(name, #"{"offerId":"o1"}"#, affiliate)?.status == 400)
        #expect(refusal(name, #"{"offerId":"o1","affiliateId":"*"}"#, affiliate)?.status == 403)
        #expect(refusal(name, #"{"offerId":"*","affiliateId":"a1"}"#, offer)?.status == 403)
        #expect(refusal(name, #"{"offerId":"o1","affiliateId":"a2"}"#, both)?.status == 403)
        #expect(
            try limited(name, #"{"offerId":"o1","affiliateId":" a1 ","x":[1, 2]}"#, affiliate)
                == #"{"affiliateId":"a1","offerId":"o1","x":[1, 2]}"#)
    }

    @Test func `a filter inside the input is limited too, and stays required`() throws {
        #expect(
            try limited("resendDeliveries", #"{"filter": {"state" : "dead"} ,"force":true}"#, affiliate)
                == #"{"filter": {"affiliateId":"a1","everyAffiliate":false,"state":"dead"} ,"force":true}"#)
        #expect(
            try limited("updatePostbacks", #"{"filter":{"active":true},"changes":{"active":false}}"#, both)
                == #"{"filter":{"offerId":"o1","affiliateId":"a1","active":true},"changes":{"active":false}}"#)
        for input in [#"{"filter":{}}"#, #"{"filter":{"offerId":null}}"#, #"{"filter":[]}"#, #"{"filter":"x"}"#] {
            #expect(refusal("resendDeliveries", input, affiliate)?.status == 400, "\(input)")
        }
        #expect(refusal("updatePostbacks", #"{"filter":{},"changes":{"active":false}}"#, affiliate)?.status == 400)
        #expect(refusal("resendDeliveries", #"{"filter":{"affiliateId":"a2"}}"#, affiliate)?.status == 403)
        let twice = #"{"filter":{"affiliateId":"a1","\u0061ffiliateId":"a2"}}"#
        #expect(refusal("resendDeliveries", twice, affiliate)?.status == 400)
    }

    @Test func `the network's own postbacks are left out, and cannot be asked for`() throws {
        #expect(
            try limited("listPostbacks", #"{"everyAffiliate":false}"#, both)
                == #"{"offerId":"o1","affiliateId":"a1","everyOffer":false,"everyAffiliate":false}"#)
        #expect(try limited("listDeliveries", "{}", offer) == #"{"offerId":"o1"}"#)
        #expect(
            try limited("explainConversion", #"{"conversionId":1}"#, affiliate)
                == #"{"everyAffiliate":false,"conversionId":1}"#)
        #expect(refusal("listDeliveries", #"{"everyAffiliate":true}"#, affiliate)?.status == 403)
        #expect(refusal("listPostbacks", #"{"everyOffer":true}"#, offer)?.status == 403)
        #expect(
            refusal("resendDeliveries", #"{"filter":{"state":"dead","everyAffiliate":true}}"#, affiliate)?.status == 403
        )
        #expect(refusal("explainConversion", #"{"conversionId":1,"all":true}"#, affiliate)?.status == 403)
        #expect(throws: Never.self) { try limited("explainConversion", #"{"conversionId":1,"all":true}"#, offer) }
    }

    @Test func `a preview names a stored postback, or the limits`() throws {
        #expect(try limited("previewPostback", #"{"postbackId":1}"#, both) == #"{"postbackId":1}"#)
        #expect(refusal("previewPostback", #"{"url":"http://x.example"}"#, affiliate)?.status == 400)
        #expect(refusal("previewPostback", #"{"offerId":"o1","affiliateId":"a2"}"#, affiliate)?.status == 403)
        #expect(refusal("previewPostback", #"{"offerId":"*","affiliateId":"a1"}"#, offer)?.status == 403)
    }
}
