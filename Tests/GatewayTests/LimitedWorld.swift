import JSON
import Postgres
import System
import TestSupport
import Testing

/// Two offers and two affiliates, postbacks of each and of the network, and conversions with deliveries of each; a third
/// offer and a third affiliate that have none. Every id and every URL is a text that stands nowhere else, so that a test
/// finds it in an answer.
struct LimitedWorld {
    struct Postback {
        let id: Int
        /// The offer; nil for every offer.
        let offer: String?
        /// The affiliate; nil for every affiliate.
        let affiliate: String?
        let host: String
    }

    struct Conversion {
        let id: Int
        let offer: String
        let affiliate: String
        let transaction: String
        let click: String
    }

    struct Delivery {
        let id: Int
        let postback: Postback
        let conversion: Conversion
    }

    /// The affiliate and the offer to which a key is limited.
    struct Limits: CustomTestStringConvertible {
        var affiliate: String?
        var offer: String?

        var arguments: [String] {
            (affiliate.map { ["--affiliate", $0] } ?? []) + (offer.map { ["--offer", $0] } ?? [])
        }
        var testDescription: String { arguments.joined(separator: " ") }

        func own(_ postback: Postback) -> Bool {
            (affiliate == nil || postback.affiliate == affiliate) && (offer == nil || postback.offer == offer)
        }
        /// Whether deliveries may show where the postback leads: those of an own conversion, also if the postback is for
        /// every offer.
        func sees(_ postback: Postback) -> Bool {
            own(postback) || postback.offer == nil && (affiliate == nil || postback.affiliate == affiliate)
        }
        func own(_ conversion: Conversion) -> Bool {
            (affiliate == nil || conversion.affiliate == affiliate) && (offer == nil || conversion.offer == offer)
        }
        func own(_ delivery: Delivery) -> Bool {
            own(delivery.conversion) && (affiliate == nil || delivery.postback.affiliate == affiliate)
        }
    }

    static let kinds = [
        Limits(affiliate: "aff-one"), Limits(offer: "offer-one"), Limits(affiliate: "aff-one", offer: "offer-one"),
    ]
    static let offers = ["offer-one", "offer-two"]
    static let affiliates = ["aff-one", "aff-two"]

    let installation: Installation
    let connection: Connection
    let postbacks: [Postback]
    let conversions: [Conversion]
    let deliveries: [Delivery]

    init() throws {
        installation = try Installation.make()
        connection = try installation.database.connect()
        for offer in Self.offers + ["offer-three"] {
            try installation.ask("configureOffer", ["offerId": .string(offer), "name": .string("name of \(offer)")])
        }
        for affiliate in Self.affiliates + ["aff-three"] {
            try installation.ask(
                "configureAffiliate", ["affiliateId": .string(affiliate), "name": .string("name of \(affiliate)")])
        }
        // Ids with this number of digits occur in no time and in no size, so that a test finds only the ids.
        try connection.execute(
            script: """
                SELECT setval('conversions_id_seq', 77000001); SELECT setval('postbacks_id_seq', 88000001);
                SELECT setval('outbox_id_seq', 99000001); SELECT setval('events_id_seq', 66000001);
                """)
        var postbacks: [Postback] = []
        for offer in Self.offers + [nil] {
            for affiliate in Self.affiliates + [nil] where offer != nil || affiliate != nil {
                let host = "\(offer ?? "all").\(affiliate ?? "network").example"
                let id = try installation.createPostback([
                    "offerId": .string(offer ?? "*"), "affiliateId": .string(affiliate ?? "*"),
                    "url": .string("http://\(host)/?c={click_id}"), "idempotencyKey": .string("key of \(host)"),
                ])
                postbacks.append(Postback(id: id, offer: offer, affiliate: affiliate, host: host))
            }
        }
        var conversions: [Conversion] = []
        for offer in Self.offers {
            for affiliate in Self.affiliates {
                for number in 1...2 {
                    // One click of each offer belongs to conversions of both affiliates.
                    let (transaction, click) = (
                        "t\(number).\(offer).\(affiliate)", number == 1 ? "c1.\(offer).\(affiliate)" : "shared.\(offer)"
                    )
                    let answer = try installation.ask(
                        "recordConversion",
                        [
                            "offerId": .string(offer), "affiliateId": .string(affiliate),
                            "transactionId": .string(transaction), "clickId": .string(click), "ip": "192.0.2.7",
                        ])
                    let id = try #require(answer.at("conversion.id")?.integer)
                    conversions.append(
                        Conversion(
                            id: id, offer: offer, affiliate: affiliate, transaction: transaction, click: click))
                }
            }
        }
        // Half of the deliveries are dead, each with an attempt.
        try connection.execute(
            script: """
                WITH gone AS (DELETE FROM outbox WHERE id % 2 = 0 RETURNING *)
                INSERT INTO deliveries (id, event_id, conversion_id, sequence, postback_id, destination_id, state, attempts,
                    error_code, http_status, lease_no, owed_at, offer_id, affiliate_id)
                SELECT g.id, g.event_id, g.conversion_id, g.sequence, g.postback_id, g.destination_id, 'dead', 1,
                    'http_status', 503, 1, g.owed_at, c.offer_id, c.affiliate_id
                FROM gone g JOIN conversions c ON c.id = g.conversion_id;
                INSERT INTO attempts (delivery_id, lease_no, attempt, at, outcome, request)
                SELECT d.id, 1, 1, d.owed_at, 'retry', json_build_object('method', 'GET', 'url', replace(p.url, '{click_id}', 'x'))
                FROM deliveries d JOIN postbacks p ON p.id = d.postback_id;
                INSERT INTO attempt_counts (width, since, postback_id, destination_id, outcome, attempts, milliseconds, until_5,
                    until_10, until_25, until_50, until_100, until_250, until_500, until_1000, until_2500, until_5000, until_10000,
                    until_20000, longer)
                SELECT 86400, date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', p.id, p.destination_id, 'dead', 1, 1, 1,
                    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
                FROM postbacks p;
                """)
        var deliveries: [Delivery] = []
        for row in try connection.run("SELECT id, postback_id, conversion_id FROM delivery_log ORDER BY id") {
            let postback = try #require(postbacks.first { $0.id == row.integer("postback_id") })
            let conversion = try #require(conversions.first { $0.id == row.integer("conversion_id") })
            deliveries.append(
                Delivery(id: try #require(row.integer("id")), postback: postback, conversion: conversion))
        }
        (self.postbacks, self.conversions, self.deliveries) = (postbacks, conversions, deliveries)
    }

    func key(_ scope: String, _ limits: Limits) throws -> [String: String] {
        let outcome = try Programs.run(
            "postbacks", ["keys", "create", "--name", "k", "--scope", scope] + limits.arguments,
            environment: installation.environment)
        #expect(outcome.status == .exited(0), "\(outcome.errorText)")
        return ["Authorization": "Bearer \(outcome.text.dropLast())"]
    }

    /// The texts that no answer to a key may have: ids, tracker's ids, names and URLs of what is not its own. A delivery of
    /// an own conversion may show where a postback for every offer leads, but never the postback's settings.
    func foreignTexts(_ limits: Limits) -> [String] {
        var texts = ["name of offer-three", "name of aff-three"]
        for postback in postbacks where !limits.own(postback) {
            texts += limits.sees(postback) ? ["http://\(postback.host)/?c={"] : [postback.host, "\(postback.id)"]
        }
        for conversion in conversions where !limits.own(conversion) {
            texts += ["\(conversion.id)", conversion.transaction]
        }
        for delivery in deliveries where !limits.own(delivery) { texts.append("\(delivery.id)") }
        if limits.offer != nil { texts += ["offer-two", "c1.offer-two"] }
        if limits.affiliate != nil { texts += ["aff-two"] }
        return texts
    }

    /// All rows that do not belong to the limits, as text.
    func foreignRows(_ limits: Limits) throws -> [String] {
        func rows(_ table: String, _ ids: [Int], column: String = "id") throws -> [String] {
            let list = ids.map(String.init).joined(separator: ",")
            return try connection.run(
                Statement(
                    name: "",
                    sql: "SELECT row_to_json(t)::text AS row FROM \(table) t WHERE t.\(column) IN (\(list)) ORDER BY 1")
            ).map { "\(table) \($0.text("row") ?? "")" }
        }
        let foreignPostbacks = postbacks.filter { !limits.own($0) }.map(\.id)
        // A key of an offer may resend the deliveries of its own conversions, whoever has the postback.
        let unseen = postbacks.filter { !limits.sees($0) }.map(\.id)
        let foreignConversions = conversions.filter { !limits.own($0) }.map(\.id)
        let foreignDeliveries = deliveries.filter { !limits.own($0) }.map(\.id)
        return try rows("postbacks", foreignPostbacks)
            + rows("postback_versions", foreignPostbacks, column: "postback_id")
            + rows("conversions", foreignConversions) + rows("events", foreignConversions, column: "conversion_id")
            + rows("outbox", foreignDeliveries) + rows("deliveries", foreignDeliveries)
            + rows("outbox", unseen, column: "postback_id") + rows("deliveries", unseen, column: "postback_id")
            + rows("attempts", foreignDeliveries, column: "delivery_id")
            + connection.run(
                """
                SELECT 'o ' || row_to_json(o)::text AS row FROM offers o WHERE id IS DISTINCT FROM \(limits.offer)
                UNION ALL
                SELECT 'a ' || row_to_json(a)::text FROM affiliates a WHERE id IS DISTINCT FROM \(limits.affiliate)
                UNION ALL
                SELECT 'd ' || row_to_json(d)::text FROM destinations d
                ORDER BY 1
                """
            ).map { $0.text("row") ?? "" }
    }
}
