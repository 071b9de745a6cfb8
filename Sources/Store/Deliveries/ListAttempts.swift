import Postgres

/// Lists the attempts of deliveries, by delivery id. A delivery without attempts has no entry.
struct ListAttempts: StoredCall {
    /// The deliveries, each with the range of times of its attempts in seconds since 1970.
    let deliveries: [(id: Int, from: Int, until: Int)]
    /// Leaves out headers and bodies.
    let isBrief: Bool

    struct Attempts {
        /// The number of attempts without probes.
        let count: Int
        /// The list as PostgreSQL's JSON text.
        let json: String

        static let none = Attempts(count: 0, json: "[]")
    }

    static let statement = Statement(name: "list_attempts", bytes: PackageResources.list_attempts_sql)

    var arguments: Arguments {
        [
            "brief": .bool(isBrief), "delivery_ids": .integers(deliveries.map(\.id)),
            "tried_from": .integers(deliveries.map(\.from)), "tried_until": .integers(deliveries.map(\.until)),
            "first": .optional(deliveries.map(\.from).min()), "last": .optional(deliveries.map(\.until).max()),
        ]
    }

    func answer(_ rows: Rows) throws(PostgresError) -> [Int: Attempts] {
        var attempts: [Int: Attempts] = [:]
        for row in rows {
            attempts[try row.required("id")] = Attempts(
                count: try row.required("count"), json: try row.required("attempts"))
        }
        return attempts
    }
}
