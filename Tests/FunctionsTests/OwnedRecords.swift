import JSON
import Postgres
import TestSupport
import Testing

/// Two offers and two affiliates, five conversions of each pair, and for each conversion a delivery of the pair's own
/// postback, of the network's and of the affiliate's for every offer. All lead to one destination, and all conversions have
/// one click, so that only the filters by offer, affiliate and kind tell what belongs to whom.
struct OwnedRecords {
    struct Postback {
        let id: Int
        /// The offer; nil for every offer.
        let offer: String?
        /// The affiliate; nil for every affiliate.
        let affiliate: String?
    }

    struct Conversion {
        let id: Int
        let offer: String
        let affiliate: String
        let transaction: String
    }

    struct Delivery {
        let id: Int
        let postback: Postback
        let conversion: Conversion
        let state: String
        let status: Int?
        let error: String?
    }

    /// The properties by which the filters select.
    struct Owner: CustomTestStringConvertible {
        var offer: String?
        var affiliate: String?
        var everyAffiliate = true

        var input: JSON {
            ["offerId": .optional(offer), "affiliateId": .optional(affiliate), "everyAffiliate": .bool(everyAffiliate)]
        }
        var testDescription: String { input.encodedText }

        func has(_ conversion: Conversion) -> Bool {
            (offer == nil || conversion.offer == offer) && (affiliate == nil || conversion.affiliate == affiliate)
        }
        /// A filter by offer or affiliate also finds postbacks for every one, unless they are left out.
        func has(_ postback: Postback, everyOffer: Bool) -> Bool {
            (offer == nil || [offer, nil].contains(postback.offer)) && (everyOffer || postback.offer != nil)
                && (affiliate == nil || [affiliate, nil].contains(postback.affiliate))
                && (everyAffiliate || postback.affiliate != nil)
        }
        func has(_ delivery: Delivery) -> Bool {
            has(delivery.conversion) && (everyAffiliate || delivery.postback.affiliate != nil)
        }
    }

    static let owners = [nil, "o"].flatMap { offer in
        [nil, "a"].flatMap { affiliate in
            [true, false].map { Owner(offer: offer, affiliate: affiliate, everyAffiliate: $0) }
        }
    }

    let installation: Installation
    let postbacks: [Postback]
    let conversions: [Conversion]
    let deliveries: [Delivery]

    init() throws {
        installation = try Installation.make()
        for offer in ["o", "p"] { try installation.ask("configureOffer", ["offerId": .string(offer)]) }
        for affiliate in ["a", "b"] { try installation.ask("configureAffiliate", ["affiliateId": .string(affiliate)]) }
        let pairs = ["o", "p"].flatMap { offer in ["a", "b"].map { (offer: offer, affiliate: $0) } }
        let kinds =
            pairs.map { ($0.offer, $0.affiliate) as (String?, String?) } + [
                ("o", nil), ("p", nil), (nil, "a"), (nil, "b"),
            ]
        let created = try installation.ask(
            "createPostback",
            all: kinds.map {
                Installation.postback(["offerId": .string($0.0 ?? "*"), "affiliateId": .string($0.1 ?? "*")])
            })
        postbacks = try zip(kinds, created).map { kind, answer in
            Postback(id: try #require(answer.at("postback.id")?.integer), offer: kind.0, affiliate: kind.1)
        }.sorted { $0.id < $1.id }
        let keys = (1...5).flatMap { number in pairs.map { (pair: $0, transaction: "\($0.affiliate)\(number)") } }
        let recorded = try installation.ask(
            "recordConversion",
            all: keys.map {
                [
                    "offerId": .string($0.pair.offer), "affiliateId": .string($0.pair.affiliate),
                    "transactionId": .string($0.transaction), "clickId": "shared",
                ]
            })
        let conversions = try zip(keys, recorded).map { key, answer in
            Conversion(
                id: try #require(answer.at("conversion.id")?.integer), offer: key.pair.offer,
                affiliate: key.pair.affiliate, transaction: key.transaction)
        }
        let rows = try OwnedRecords.finish(installation)
        let order = try installation.database.connect().run("SELECT id FROM conversions ORDER BY created_at, id")
        self.conversions = order.compactMap { row in conversions.first { $0.id == row.integer("id") } }
        let postbacks = postbacks
        deliveries = try rows.map { row in
            Delivery(
                id: try #require(row.integer("id")),
                postback: try #require(postbacks.first { $0.id == row.integer("postback_id") }),
                conversion: try #require(conversions.first { $0.id == row.integer("conversion_id") }),
                state: try #require(row.text("state")), status: row.integer("http_status"),
                error: row.text("error_code"))
        }
    }

    /// Each pair has five conversions: one is owed, one waits for a retry, and three are finished: delivered, delivered
    /// with an answer that counts as success, and dead. Half of the owed deliveries are as an earlier version stored them.
    private static func finish(_ installation: Installation) throws -> Rows {
        let connection = try installation.database.connect()
        try connection.execute(
            script: """
                CREATE TEMPORARY TABLE ends AS
                SELECT * FROM (VALUES (3, 'delivered', 200, NULL), (4, 'delivered', 409, 'http_status'),
                    (5, 'dead', 503, 'http_status')) AS e(number, state, status, error);
                WITH gone AS (
                    DELETE FROM outbox o USING conversions c, ends e
                    WHERE c.id = o.conversion_id AND right(c.transaction_id, 1)::int = e.number
                    RETURNING o.*, c.offer_id AS offer, c.affiliate_id AS affiliate, e.state, e.status, e.error
                )
                INSERT INTO deliveries (id, event_id, conversion_id, sequence, postback_id, destination_id, state, attempts,
                    error_code, http_status, lease_no, owed_at, offer_id, affiliate_id)
                SELECT id, event_id, conversion_id, sequence, postback_id, destination_id, state, 1, error, status, 1, owed_at,
                    offer, affiliate
                FROM gone;
                UPDATE outbox o SET attempt = 1, last_status = 503, last_error = 'http_status', due_at = now() + interval '1 hour'
                FROM conversions c WHERE c.id = o.conversion_id AND c.transaction_id LIKE '_2';
                UPDATE outbox SET offer_id = NULL, affiliate_id = NULL WHERE id % 2 = 0;
                INSERT INTO attempt_counts (width, since, postback_id, destination_id, outcome, attempts, milliseconds, until_5,
                    until_10, until_25, until_50, until_100, until_250, until_500, until_1000, until_2500, until_5000, until_10000,
                    until_20000, longer)
                SELECT 86400, date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', p.id, p.destination_id, 'dead', 1, 1,
                    1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
                FROM postbacks p;
                """)
        return try connection.run(
            "SELECT id, postback_id, conversion_id, state, http_status, error_code FROM delivery_log ORDER BY owed_at, id"
        )
    }

    func postback(_ offer: String?, _ affiliate: String?) throws -> Postback {
        try #require(postbacks.first { $0.offer == offer && $0.affiliate == affiliate })
    }
}
