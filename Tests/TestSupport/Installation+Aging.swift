import Postgres

extension Installation {
    /// Makes conversions of offer `o`, their events and their finished deliveries look as if everything had happened so
    /// many days earlier.
    package func age(_ transactions: [String], days: Int) throws {
        let connection = try database.connect()
        let names = transactions.map(Optional.init)
        let ids = try connection.run(
            "SELECT id FROM conversions WHERE offer_id = 'o' AND transaction_id = ANY (\(names)::text[])"
        ).compactMap { $0.integer("id").map(String.init) }.joined(separator: ",")
        try connection.execute(
            script: """
                UPDATE conversions SET created_at = created_at - interval '\(days) days',
                    updated_at = updated_at - interval '\(days) days' WHERE id = ANY ('{\(ids)}');
                UPDATE events SET at = at - interval '\(days) days' WHERE conversion_id = ANY ('{\(ids)}');
                UPDATE deliveries SET owed_at = owed_at - interval '\(days) days',
                    finished_at = finished_at - interval '\(days) days' WHERE conversion_id = ANY ('{\(ids)}');
                """)
    }

    /// The transaction ids of all conversions, in order.
    package var transactions: [String] {
        get throws {
            try database.connect().run("SELECT transaction_id FROM conversions ORDER BY transaction_id")
                .compactMap { $0.text("transaction_id") }
        }
    }
}
