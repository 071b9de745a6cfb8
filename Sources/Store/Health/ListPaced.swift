import Postgres

/// Lists the destinations with a limit of their own on the requests in flight.
struct ListPaced: StoredCall {
    /// The maximum of destinations to list.
    let limit: Int

    struct Destination {
        let origin: String
        let maxInFlight: Int
    }

    static let statement = Statement(name: "list_paced", bytes: PackageResources.list_paced_sql)

    var arguments: Arguments { ["limit": .int(limit)] }

    func answer(_ rows: Rows) throws(PostgresError) -> FirstRows<Destination> {
        try FirstRows(rows) { row throws(PostgresError) in
            Destination(origin: try row.required("origin"), maxInFlight: try row.required("max_in_flight"))
        }
    }
}
