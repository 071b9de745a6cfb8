import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

/// Tests keys that are limited to an affiliate or an offer, against the real gateway: a key of one affiliate that tries
/// everything.
@Suite(.ownThreads, .withGateway) struct LimitedKeysTests {
    private typealias Call = LimitedCalls.Call

    private func ask(_ gateway: RunningGateway, _ call: Call, _ key: [String: String]) throws -> HTTPAnswer {
        let path = call.function.hasPrefix("console/") ? "/\(call.function)" : "/function/\(call.function)"
        return try gateway.request("POST", path, key, body: Array(call.input.utf8))
    }

    @Test(arguments: LimitedWorld.kinds)
    func `a key sees nothing of others, and changes nothing of theirs`(limits: LimitedWorld.Limits) throws {
        let world = try LimitedWorld()
        let keys = try ["manage", "read", "record"].map { try world.key($0, limits) }
        let gateway = try RunningGateway(world.installation)
        let foreign = world.foreignTexts(limits)
        let before = try world.foreignRows(limits)
        #expect(foreign.count > 20 && before.count > 20)
        let ownPostback = try #require(world.postbacks.first(where: limits.own))
        let ownDelivery = try #require(world.deliveries.first(where: limits.own))
        var calls: [Call] = []
        for postback in world.postbacks where !limits.own(postback) {
            calls += LimitedCalls.calls(postback: postback.id, own: ownPostback.id)
        }
        for conversion in world.conversions where !limits.own(conversion) {
            calls += LimitedCalls.calls(
                conversion: conversion.id, conversion.offer, conversion.transaction, conversion.click,
                own: ownPostback.id)
        }
        for delivery in world.deliveries where !limits.own(delivery) {
            calls += LimitedCalls.calls(delivery: delivery.id, own: ownDelivery.id)
        }
        calls += LimitedCalls.broadCalls(world, limits)
        for call in calls {
            for key in keys {
                let answer = try ask(gateway, call, key)
                // An answer may repeat what the call itself names.
                let shown = foreign.filter { answer.text.contains($0) && !call.input.contains($0) }
                #expect(shown == [], "\(call): \(answer.text)")
                #expect(answer.status < 500, "\(call): \(answer.text)")
            }
        }
        for call in LimitedCalls.foreignIDs(limits) {
            let answer = try ask(gateway, call, keys[0])
            #expect(answer.status == 403 && answer.text.contains("the key is limited to"), "\(call): \(answer.text)")
        }
        #expect(try world.foreignRows(limits) == before)
        #expect(try gateway.request("GET", "/metrics", keys[0]).status == 403)
        #expect(try gateway.request("GET", "/readyz", keys[0]).json == ["ready": true])
    }

    @Test(arguments: LimitedWorld.kinds)
    func `a record of others is answered as one that does not exist`(limits: LimitedWorld.Limits) throws {
        let world = try LimitedWorld()
        let key = try world.key("manage", limits)
        let gateway = try RunningGateway(world.installation)
        let ownPostback = try #require(world.postbacks.first(where: limits.own)).id
        let ownDelivery = try #require(world.deliveries.first(where: limits.own)).id
        /// Compares the answers to two lists of calls; the texts differ in the ids only.
        func compare(_ foreign: [Call], _ missing: [Call], _ texts: [(String, String)]) throws {
            for (call, other) in zip(foreign, missing) {
                let (given, expected) = (try ask(gateway, call, key), try ask(gateway, other, key))
                var text = given.text
                for (one, two) in texts { text = text.replacing(one, with: two) }
                #expect(given.status == expected.status && text == expected.text, "\(call): \(given.text)")
                #expect([403, 404].contains(given.status), "\(call): \(given.text)")
            }
        }
        for postback in world.postbacks where !limits.own(postback) {
            try compare(
                LimitedCalls.calls(postback: postback.id, own: ownPostback),
                LimitedCalls.calls(postback: 999_999_999, own: ownPostback),
                [("\(postback.id)", "999999999")])
        }
        for conversion in world.conversions where !limits.own(conversion) {
            let foreign = LimitedCalls.calls(
                conversion: conversion.id, conversion.offer, conversion.transaction,
                // The shared click is that of an own conversion too.
                conversion.click.hasPrefix("shared") ? conversion.transaction : conversion.click, own: ownPostback)
            let missing = LimitedCalls.calls(
                conversion: 999_999_999, conversion.offer, "none", "none", own: ownPostback)
            try compare(foreign, missing, [("\(conversion.id)", "999999999")])
        }
        for delivery in world.deliveries where !limits.own(delivery) {
            try compare(
                LimitedCalls.calls(delivery: delivery.id, own: ownDelivery),
                LimitedCalls.calls(delivery: 999_999_999, own: ownDelivery),
                [("\(delivery.id)", "999999999")])
        }
        try compare(
            LimitedCalls.foreignIDs(limits),
            LimitedCalls.foreignIDs(limits, affiliate: "aff-none", offer: "offer-none"),
            [])
        for postback in world.postbacks where !limits.own(postback) {
            func calls(_ host: String) -> [Call] {
                [
                    ("listDeliveries", #"{"destination":"\#(host)"}"#),
                    ("listDeliveries", #"{"destination":"\#(host)","postbackId":999999999}"#),
                    ("resendDeliveries", #"{"filter":{"destination":"\#(host)"}}"#),
                    ("updatePostbacks", #"{"filter":{"destination":"\#(host)"},"changes":{"active":false}}"#),
                ]
            }
            try compare(calls(postback.host), calls("nobody.example"), [(postback.host, "nobody.example")])
        }
        // The error about a used idempotency key does not name the postback that was made with it.
        let other = try #require(world.postbacks.first { !limits.own($0) })
        let new = (["offerId": "offer-one", "affiliateId": "aff-one"] as JSON).merging(
            Installation.postback().merging(["idempotencyKey": .string("key of \(other.host)")]))
        let created = try gateway.call(
            "createPostback",
            new.merging(["offerId": "offer-one", "affiliateId": "aff-one"]).encodedText, key)
        #expect(created.status == 409 && created.code == "conflict", "\(created.text)")
        #expect(!created.text.contains("\(other.id)"))
    }

    @Test(arguments: LimitedWorld.kinds)
    func `an id that two deliveries have is nobody's if one of them is foreign`(limits: LimitedWorld.Limits) throws {
        let world = try LimitedWorld()
        let key = try world.key("manage", limits)
        let gateway = try RunningGateway(world.installation)
        // Deliveries with even ids are finished, the others are owed.
        let own = try #require(world.deliveries.first { limits.own($0) && $0.id % 2 == 1 }).id
        let foreign = try #require(world.deliveries.first { !limits.own($0) && $0.id % 2 == 0 }).id
        let calls = LimitedCalls.calls(delivery: own, own: own)
        for call in calls.prefix(2) { #expect(try ask(gateway, call, key).status == 200, "\(call)") }
        _ = try world.connection.run("UPDATE deliveries SET id = \(own) WHERE id = \(foreign)")
        for call in calls {
            let answer = try ask(gateway, call, key)
            #expect(answer.status == 404 && answer.code == "not_found", "\(call): \(answer.text)")
        }
        #expect(try world.connection.run("SELECT FROM deliveries WHERE id = \(own)").count == 1)
    }

    @Test(arguments: LimitedWorld.kinds)
    func `an owner's own calls work`(limits: LimitedWorld.Limits) throws {
        let world = try LimitedWorld()
        let (manage, read) = (try world.key("manage", limits), try world.key("read", limits))
        let record = try world.key("record", limits)
        let gateway = try RunningGateway(world.installation)
        @discardableResult
        func call(_ function: String, _ input: String, _ key: [String: String]? = nil) throws -> JSON {
            let answer = try ask(gateway, (function, input), key ?? manage)
            #expect(answer.status == 200, "\(function) \(input): \(answer.text)")
            return answer.json
        }
        func ids(_ answer: JSON, _ list: String) -> [Int] {
            (answer[list]?.items ?? []).compactMap { $0["id"]?.integer }
        }
        let ownPostbacks = world.postbacks.filter(limits.own)
        let ownConversions = world.conversions.filter(limits.own)
        let ownDeliveries = world.deliveries.filter(limits.own)
        #expect(ids(try call("listPostbacks", "{}", read), "postbacks") == ownPostbacks.map(\.id))
        #expect(ids(try call("listConversions", "{}", read), "conversions") == ownConversions.map(\.id))
        #expect(ids(try call("listDeliveries", "{}", read), "deliveries").sorted() == ownDeliveries.map(\.id))
        for postback in ownPostbacks {
            #expect(ids(try call("listPostbacks", #"{"postbackId":\#(postback.id)}"#), "postbacks") == [postback.id])
            #expect(try call("previewPostback", #"{"postbackId":\#(postback.id)}"#)["input"] == nil)
            try call(
                "deliveryStatistics", #"{"postbackId":\#(postback.id),"bucket":"day","since":"2026-01-01T00:00:00Z"}"#)
            try call("listDeliveries", #"{"postbackId":\#(postback.id),"destination":"\#(postback.host)"}"#)
            #expect(try call("findRecords", #"{"text":\#(postback.id)}"#).at("matches.0.id") == .integer(postback.id))
        }
        for conversion in ownConversions {
            let key = #""offerId":"\#(conversion.offer)","clickId":"\#(conversion.click)""#
            // A key of an offer has both conversions with the shared click.
            if limits.affiliate != nil || !conversion.click.hasPrefix("shared") {
                #expect(
                    try call("explainConversion", "{\(key)}", read).at("conversion.id") == .integer(conversion.id))
            }
            let events = try call("explainConversion", #"{"conversionId":\#(conversion.id)}"#, read)["events"]
            let fired = (events?.items ?? []).flatMap { $0["postbacks"]?.items ?? [] }.compactMap {
                $0["postbackId"]?.integer
            }
            #expect(
                Set(fired)
                    == Set(
                        world.deliveries.filter { $0.conversion.id == conversion.id && limits.own($0.postback) }.map(
                            \.postback.id)))
            let previewed = #"{"postbackId":\#(ownPostbacks[0].id),"conversionId":\#(conversion.id)}"#
            try call("previewPostback", previewed)
            try call("console/test", previewed)
        }
        let finished = ownDeliveries.filter { $0.id % 2 == 0 }
        let all = ownDeliveries.map { "\($0.id)" }.joined(separator: ",")
        let dry = try call("resendDeliveries", #"{"deliveryIds":[\#(all)],"dryRun":true}"#)
        #expect(dry["resent"] == .integer(finished.count))
        #expect(try call("resendDeliveries", #"{"filter":{"state":"dead"}}"#)["resent"] == .integer(finished.count))
        let (offer, affiliate) = (limits.offer ?? "offer-two", limits.affiliate ?? "aff-two")
        let recorded = try call(
            "recordConversion", #"{"offerId":"\#(offer)","affiliateId":"\#(affiliate)","transactionId":"new"}"#, record)
        let postbacks = (recorded["deliveries"]?.items ?? []).compactMap { $0["postbackId"]?.integer }
        #expect(
            Set(postbacks)
                == Set(
                    world.postbacks.filter {
                        ($0.offer ?? offer) == offer && ($0.affiliate ?? affiliate) == affiliate
                            && (limits.affiliate == nil || $0.affiliate != nil)
                    }.map(\.id)))
        let done = #"{"offerId":"\#(offer)","transactionId":"new","status":"done"}"#
        #expect(try call("updateConversionStatus", done, record)["changed"] == true)
        let created = try call(
            "createPostback",
            Installation.postback(["offerId": .string(offer), "affiliateId": .string(affiliate)]).encodedText)
        let codes = (created["warnings"]?.items ?? []).compactMap { $0["code"]?.text }
        #expect(!codes.isEmpty && !codes.contains("overlap") && created["duplicate"] == false)
        let id = try #require(created.at("postback.id")?.integer)
        try call("updatePostback", #"{"postbackId":\#(id),"active":false}"#)
        try call("updatePostback", #"{"postbackId":\#(id),"active":true}"#)
        try call("backfillPostback", #"{"postbackId":\#(id),"since":"2026-01-01T00:00:00Z","dryRun":true}"#)
        #expect(
            try call("updatePostbacks", #"{"filter":{"active":true},"changes":{"active":false}}"#)["changed"]
                == .integer(ownPostbacks.count + 1))
        try call("deletePostback", #"{"postbackId":\#(id)}"#)
        if limits.affiliate == nil {
            try call("redactConversion", #"{"conversionId":\#(ownConversions[0].id)}"#)
            try call("configureOffer", #"{"offerId":"offer-one","name":"new"}"#)
        }
        if limits.offer == nil { try call("configureAffiliate", #"{"affiliateId":"aff-one","name":"new"}"#) }
        if limits.offer != nil {
            #expect(try call("listOffers", "{}")["offers"]?.items.compactMap { $0["id"]?.text } == ["offer-one"])
        }
        if limits.affiliate != nil {
            #expect(try call("listAffiliates", "{}")["affiliates"]?.items.compactMap { $0["id"]?.text } == ["aff-one"])
        }
        #expect(try gateway.request("GET", "/openapi.json", read).status != 403)
    }

    @Test func `the console is told the limits, and its session has them`() throws {
        let world = try LimitedWorld()
        let limits = LimitedWorld.Limits(affiliate: "aff-one", offer: "offer-one")
        let key = try world.key("manage", limits)["Authorization"]?.dropFirst("Bearer ".count) ?? ""
        let gateway = try RunningGateway(world.installation)
        let signedIn = try gateway.request("POST", "/console/session", body: Array("{\"key\":\"\(key)\"}".utf8))
        #expect(
            signedIn.json
                == [
                    "open": false, "name": "k", "scope": "manage", "affiliateId": "aff-one", "offerId": "offer-one",
                    "attempts": 8,
                ])
        let cookie = ["Cookie": String(try #require(signedIn.headers["set-cookie"]).prefix { $0 != ";" })]
        #expect(try gateway.call("showHealth", "{}", cookie).status == 403)
        #expect(try gateway.call("listPostbacks", "{}", cookie).json["postbacks"]?.items.count == 1)
        let foreign = try #require(world.postbacks.first { !limits.own($0) })
        let test = try gateway.request(
            "POST", "/console/test", cookie, body: Array(#"{"postbackId":\#(foreign.id)}"#.utf8))
        #expect(test.status == 404)
    }

    @Test func `an Idempotency-Key belongs to the key that has sent it, not to the key's name`() throws {
        let world = try LimitedWorld()
        let keys = try [LimitedWorld.Limits(affiliate: "aff-one"), LimitedWorld.Limits(affiliate: "aff-two")].map {
            try world.key("manage", $0).merging(["Idempotency-Key": "same"]) { $1 }
        }
        let gateway = try RunningGateway(world.installation)
        let answers = try keys.map {
            try gateway.call("resendDeliveries", #"{"filter":{"state":"dead"},"force":true}"#, $0)
        }
        for (answer, affiliate) in zip(answers, LimitedWorld.affiliates) {
            let limits = LimitedWorld.Limits(affiliate: affiliate)
            let dead = world.deliveries.filter { limits.own($0) && $0.id % 2 == 0 }
            #expect(answer.json["resent"] == .integer(dead.count), "\(answer.text)")
            let finished = try world.connection.run("SELECT id FROM deliveries").compactMap { $0.integer("id") }
            #expect(dead.allSatisfy { !finished.contains($0.id) }, "\(affiliate)'s are not resent")
        }
        #expect(
            try gateway.call("resendDeliveries", #"{"filter":{"state":"dead"},"force":true}"#, keys[0]).text
                == answers[0].text)
    }
}
