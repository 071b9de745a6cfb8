package import Postgres

extension Books {
    /// Reads all tables in one snapshot.
    package init(_ connection: Connection) throws(PostgresError) {
        self.init()
        let snapshot = Call(Statement(name: "", sql: "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        let statements = [
            PackageResources.read_conversions_sql, PackageResources.read_events_sql,
            PackageResources.read_postbacks_sql, PackageResources.read_deliveries_sql,
            PackageResources.read_attempts_sql, PackageResources.read_counts_sql,
        ]
        let calls = statements.map { Call(Statement(name: "", sql: String(decoding: $0, as: UTF8.self))) }
        let rows = try connection.transaction([snapshot] + calls).dropFirst()
        var parts = rows.makeIterator()
        conversions = parts.next().map { $0.map(Conversion.init) } ?? []
        events = parts.next().map { $0.map(Event.init) } ?? []
        postbacks = parts.next().map { $0.map(Postback.init) } ?? []
        deliveries = parts.next().map { $0.map(Delivery.init) } ?? []
        attempts = parts.next().map { $0.map(Attempt.init) } ?? []
        counts = parts.next().map { $0.map(Count.init) } ?? []
    }
}

extension Books.Conversion {
    fileprivate init(_ row: Row) {
        self.init(
            id: row.integer(0) ?? 0, offer: row.text(1) ?? "", transaction: row.text(2) ?? "",
            sequence: row.integer(3) ?? 0)
    }
}

extension Books.Event {
    fileprivate init(_ row: Row) {
        self.init(
            id: row.integer(0) ?? 0, conversion: row.integer(1) ?? 0, sequence: row.integer(2) ?? 0,
            status: row.text(3) ?? "", at: Int64(row.integer("at") ?? 0))
    }
}

extension Books.Postback {
    fileprivate init(_ row: Row) {
        self.init(
            id: row.integer(0) ?? 0, offer: row.text(1) ?? "", status: row.text(2) ?? "",
            destination: row.integer("destination_id") ?? 0)
    }
}

extension Books.Delivery {
    fileprivate init(_ row: Row) {
        self.init(
            id: row.integer("id") ?? 0, event: row.integer("event_id") ?? 0,
            postback: row.integer("postback_id") ?? 0, state: row.text("state") ?? "",
            lease: row.integer("lease_no") ?? 0, isLeased: row.bool("is_leased") ?? false,
            attempts: row.integer("attempts") ?? 0)
    }
}

extension Books.Attempt {
    fileprivate init(_ row: Row) {
        self.init(
            delivery: row.integer(0) ?? 0, lease: row.integer(1) ?? 0, number: row.integer(2) ?? 0,
            outcome: row.text(3) ?? "", isProbe: row.bool("probe") ?? false)
    }
}

extension Books.Count {
    fileprivate init(_ row: Row) {
        self.init(
            postback: row.integer("postback_id") ?? 0, outcome: row.text("outcome") ?? "",
            attempts: row.integer("attempts") ?? 0)
    }
}
