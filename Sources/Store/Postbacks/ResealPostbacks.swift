import Postgres
import Secrets

/// Lists postbacks that may have sealed values, also deleted ones, in the order of their ids.
struct ListSealedPostbacks: StoredCall {
    /// The id behind which the list begins.
    var after = 0
    /// Limits the list to these ids; nil does not.
    var ids: [Int]?

    struct Sealed {
        let id: Int
        let url: String
        let origin: String
        let basicAuth: String?
        let requestParams: String?
        let requestHeaders: String?
        let signingSecret: String?
        let fingerprint: String?
    }

    static let statement = Statement(name: "list_sealed_postbacks", bytes: PackageResources.list_sealed_postbacks_sql)

    var arguments: Arguments {
        [
            "after_id": .int(after), "postback_ids": ids.map(Parameter.integers) ?? .null,
            "count": .int(SecretRotation.batchSize),
        ]
    }

    func answer(_ rows: Rows) throws(PostgresError) -> [Sealed] {
        try rows.map { row throws(PostgresError) in
            Sealed(
                id: try row.required("id"), url: try row.required("url"), origin: try row.required("origin"),
                basicAuth: try row.optional("basic_auth"), requestParams: try row.optional("request_params"),
                requestHeaders: try row.optional("request_headers"),
                signingSecret: try row.optional("signing_secret"), fingerprint: try row.optional("fingerprint"))
        }
    }
}

/// Stores secrets that were sealed anew, provided that the stored ones are still those that were read. The answer has
/// the ids of the postbacks that were changed.
struct ResealPostbacks: StoredCall {
    let postbacks: [SealedPostback]

    static let statement = Statement(name: "reseal_postbacks", bytes: PackageResources.reseal_postbacks_sql)

    var arguments: Arguments {
        func column(_ value: (SealedPostback) -> String?) -> Parameter { .array(postbacks.map(value)) }
        return [
            "ids": .integers(postbacks.map(\.id)), "old_auths": column(\.basicAuth.old),
            "new_auths": column(\.basicAuth.new), "old_headers": column(\.requestHeaders.old),
            "new_headers": column(\.requestHeaders.new), "old_signing_secrets": column(\.signingSecret.old),
            "new_signing_secrets": column(\.signingSecret.new), "old_fingerprints": column(\.fingerprint.old),
            "new_fingerprints": column(\.fingerprint.new), "old_params": column(\.requestParams.old),
            "new_params": column(\.requestParams.new), "urls": column(\.url),
        ]
    }

    func answer(_ rows: Rows) throws(PostgresError) -> [Int] {
        try rows.map { row throws(PostgresError) in try row.required("id") }
    }
}

/// Counts the sealed secrets for each key.
struct CountSealed: StoredCall {
    struct Key {
        let id: String
        let count: Int
        /// How many of them may still be sent.
        let live: Int
        /// The last 20 postbacks that have some of these.
        let postbacks: [Int]
    }

    static let statement = Statement(name: "count_sealed", bytes: PackageResources.count_sealed_sql)

    func answer(_ rows: Rows) throws(PostgresError) -> [Key] {
        try rows.map { row throws(PostgresError) in
            let postbacks: IntegerArray? = try row.optional("postbacks")
            return Key(
                id: try row.required("key_id"), count: try row.required("count"), live: try row.required("live"),
                postbacks: postbacks?.values ?? [])
        }
    }
}

/// Finds the deliveries in flight of postbacks that have secrets, with the numbers of their leases.
struct FindClaimed: StoredCall {
    /// Limits the answer to those of these claims whose lease is still the same; nil does not.
    let claims: SecretRotation.Claims?

    static let statement = Statement(name: "find_claimed", bytes: PackageResources.find_claimed_sql)

    var arguments: Arguments {
        [
            "delivery_ids": claims.map { .integers($0.deliveries) } ?? .null,
            "lease_numbers": claims.map { .integers($0.leases) } ?? .null,
        ]
    }

    func answer(_ rows: Rows) throws(PostgresError) -> SecretRotation.Claims {
        SecretRotation.Claims(
            deliveries: try rows.map { row throws(PostgresError) in try row.required("id") },
            leases: try rows.map { row throws(PostgresError) in try row.required("lease_no") })
    }
}
