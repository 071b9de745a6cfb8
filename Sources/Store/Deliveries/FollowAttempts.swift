package import Postgres

/// Lists the attempts that were stored since a time, and in the three seconds before it: the transaction that stored one
/// may have committed later than it began.
package struct FollowAttempts: StoredCall {
    /// The conditions on the attempts; a nil condition is not applied.
    package struct Filter: Sendable {
        package var postbackID: Int?
        package var offerID: String?
        package var affiliateID: String?
        /// An outcome of an attempt, such as `retry`.
        package var outcome: String?

        package init() {}
    }

    /// PostgreSQL's text of a time, as in `Answer.until`; `infinity` asks only for the present time.
    package let since: String
    package let filter: Filter
    /// The maximum of attempts; the last ones are listed.
    package let limit: Int

    package init(since: String, _ filter: Filter, limit: Int) {
        self.since = since
        self.filter = filter
        self.limit = limit
    }

    package struct Answer {
        /// The time of the call.
        package let until: String
        package let attempts: [Attempt]
    }

    package struct Attempt {
        package let delivery: Int
        package let leaseNumber: Int
        /// The time at which it was stored, in RFC 3339.
        package let at: String
        package let number: Int
        package let outcome: String
        /// The state of the delivery now.
        package let state: String
        package let postback: Int
        package let conversion: Int
        package let offer: String?
        package let affiliate: String?
        package let destination: String
        /// The status of the answer; nil if there was none.
        package let status: String?
        package let errorCode: String?
        package let milliseconds: Int?
        package let method: String?
        package let url: String?
    }

    package static let statement = Statement(name: "follow_attempts", bytes: PackageResources.follow_attempts_sql)

    package var arguments: Arguments {
        [
            "since": .text(since), "postback_id": .optional(filter.postbackID), "offer_id": .optional(filter.offerID),
            "affiliate_id": .optional(filter.affiliateID), "outcome": .optional(filter.outcome), "limit": .int(limit),
        ]
    }

    package func answer(_ rows: Rows) throws(PostgresError) -> Answer {
        var attempts: [Attempt] = []
        for row in rows {
            guard let delivery: Int = try row.optional("delivery_id") else { continue }
            attempts.append(
                Attempt(
                    delivery: delivery, leaseNumber: try row.required("lease_no"), at: try row.required("at"),
                    number: try row.required("attempt"), outcome: try row.required("outcome"),
                    state: try row.required("state"), postback: try row.required("postback_id"),
                    conversion: try row.required("conversion_id"), offer: try row.optional("offer_id"),
                    affiliate: try row.optional("affiliate_id"), destination: try row.required("destination"),
                    status: try row.optional("status"), errorCode: try row.optional("error_code"),
                    milliseconds: try row.optional("milliseconds"), method: try row.optional("method"),
                    url: try row.optional("url")))
        }
        return Answer(until: try rows.single().required("until"), attempts: attempts)
    }
}
