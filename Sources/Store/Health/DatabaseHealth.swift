package import Postgres

/// What whoever looks after an installation asks its database. Each question is a statement of its own: a login that may not ask
/// one of them still gets the others answered.
package struct DatabaseHealth {
    private let connection: Connection

    package init(_ connection: Connection) { self.connection = connection }

    /// The server, and as whom it is asked.
    package struct Server {
        /// For example 150018.
        package let number: Int
        package let text: String
        package let login: String
        /// Those of `DatabaseRoles.names` that the login has, separated by commas; nil for none, and for a superuser.
        package let roles: String?
        package let isStandby: Bool
        package let isReadOnly: Bool
        package let hasChecksums: Bool
    }

    package func server() throws(PostgresError) -> Server {
        let row = try connection.run(.describeServer, [.array(DatabaseRoles.names)]).first
        return Server(
            number: row?.integer("number") ?? 0, text: row?.text("text") ?? "", login: row?.text("login") ?? "",
            roles: row?.text("roles"), isStandby: row?.bool("is_standby") == true,
            isReadOnly: row?.bool("is_read_only") == true, hasChecksums: row?.bool("has_checksums") == true)
    }

    /// Writes 8 MiB and rolls them back; fails where there is no room.
    package func tryWriting() throws(PostgresError) { _ = try connection.run(.tryWriting) }

    /// Deliveries that are owed, by their state.
    package func owed() throws(PostgresError) -> [(state: String, count: Int)] {
        try connection.run(.countOwed).map { ($0.text("state") ?? "", $0.integer("count") ?? 0) }
    }

    /// Deliveries that could be sent now, and for how many seconds the oldest of them has been due.
    package func due() throws(PostgresError) -> (count: Int, seconds: Int) {
        let row = try connection.run(.countDue).first
        return (row?.integer("count") ?? 0, row?.integer("seconds") ?? 0)
    }

    /// A poller that has not ended in good order.
    package struct KnownPoller {
        package let version: String
        /// How long ago it was seen last.
        package let seconds: Int
        /// What keeps it from sending.
        package let problem: String?

        /// Seconds for which one that says nothing is taken to be there: it has missed two beats by then.
        package static let patience = 15
        package var isAlive: Bool { seconds <= KnownPoller.patience }
    }

    /// Those of the last day, the one that was seen last first.
    package func pollers() throws(PostgresError) -> [KnownPoller] {
        try connection.run(.listPollers).map {
            KnownPoller(
                version: $0.text("version") ?? "", seconds: $0.integer("seconds") ?? 0, problem: $0.text("problem"))
        }
    }

    package struct PausedPostback {
        package let id: Int
        package let affiliate: String?
        package let reason: String
        package let since: String
        /// Deliveries that it owes.
        package let held: Int
    }

    /// The first so many, and how many there are.
    package func paused(limit: Int) throws(PostgresError) -> (first: [PausedPostback], count: Int) {
        let rows = try connection.run(.listPaused, [.int(limit)])
        let first = rows.map {
            PausedPostback(
                id: $0.integer("id") ?? 0, affiliate: $0.text("affiliate_id"), reason: $0.text("reason") ?? "",
                since: $0.text("since") ?? "", held: $0.integer("held") ?? 0)
        }
        return (first, rows.first?.integer("count") ?? 0)
    }

    package struct BlockedDestination {
        package let origin: String
        package let failures: Int
        /// Since when it has not answered; nil where it has, and asked to be left alone.
        package let since: String?
        /// Nothing is sent before.
        package let until: String?
    }

    /// The first so many, and how many there are.
    package func blocked(limit: Int) throws(PostgresError) -> (first: [BlockedDestination], count: Int) {
        let rows = try connection.run(.listBlocked, [.int(limit)])
        let first = rows.map {
            BlockedDestination(
                origin: $0.text("origin") ?? "", failures: $0.integer("failures") ?? 0, since: $0.text("since"),
                until: $0.text("until"))
        }
        return (first, rows.first?.integer("count") ?? 0)
    }

    /// The alerts that wait to be sent to the operator.
    package struct Alerts {
        package let count: Int
        /// For how long the oldest has waited.
        package let seconds: Int
        /// How often one of them was sent in vain.
        package let attempts: Int
        /// How long ago a poller that sends alerts was there; nil where none ever was.
        package let senderSeconds: Int?
    }

    package func alerts() throws(PostgresError) -> Alerts {
        let row = try connection.run(.measureAlerts).first
        return Alerts(
            count: row?.integer("count") ?? 0, seconds: row?.integer("seconds") ?? 0,
            attempts: row?.integer("attempts") ?? 0, senderSeconds: row?.integer("sender_seconds"))
    }

    /// Whether the login may do what a poller must.
    package func checkPollerRights() throws(PostgresError) { _ = try connection.run(.checkPollerRights) }
}
