import JSON
import Postgres
import TestSupport
import TestThreads
import Testing

/// An old transaction keeps so many dead rows in the outbox that a look through it takes long. Only such a look finds a
/// destination that the poller does not know.
@Suite(.ownThreads) struct OutboxSearchTests {
    private let receiver: RunningReceiver
    private let other: RunningReceiver
    private let installation: Installation
    private let connection: Connection
    private let old: Connection

    init() throws {
        receiver = try RunningReceiver()
        other = try RunningReceiver()
        installation = try Installation.sending(to: receiver.url)
        try installation.ask("configureOffer", ["offerId": "other", "name": "Other"])
        try installation.ask(
            "createPostback",
            [
                "offerId": "other", "affiliateId": "a", "conversionStatus": "pending", "httpType": "GET",
                "url": .string(other.url),
            ])
        connection = try installation.database.connect()
        old = try installation.database.connect()
        try old.execute(script: "BEGIN ISOLATION LEVEL REPEATABLE READ; CREATE TEMPORARY TABLE t (); SELECT")
        try connection.execute(
            script: """
                BEGIN;
                INSERT INTO outbox (event_id, conversion_id, sequence, postback_id, destination_id, due_at)
                SELECT 0, -n, 1, 0, 1, now() - interval '1 hour' FROM generate_series(1, 300000) AS n;
                DELETE FROM outbox WHERE event_id = 0;
                COMMIT
                """)
    }

    private func sendToBoth() throws {
        try installation.record(["known"])
        try installation.wait(for: 1, in: "delivered")
        try waitUntil("looks are made apart") { try searches() == 1 }
        try installation.ask(
            "recordConversion", ["offerId": "other", "affiliateId": "a", "transactionId": "unknown"])
        try installation.wait(for: 2, in: "delivered")
        #expect(receiver.requests.count == 1)
        #expect(other.requests.count == 1)
    }

    /// The number of sessions that look through the outbox.
    private func searches() throws -> Int? {
        try connection.run(
            """
            SELECT count(*) AS n FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'postbacks search'
            """
        ).first?.integer("n")
    }

    @Test func `a destination that is not known is found on a connection of its own`() throws {
        try installation.withPoller { _ in try sendToBoth() }
    }

    @Test func `a destination that is not known is found although that connection is lost`() throws {
        try installation.withPoller { _ in
            try sendToBoth()
            _ = try connection.run(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND application_name = 'postbacks search'
                """)
            try installation.ask(
                "recordConversion", ["offerId": "other", "affiliateId": "a", "transactionId": "afterwards"])
            try installation.wait(for: 3, in: "delivered")
        }
    }

    @Test func `a destination that is not known is found although the server allows no further connection`() throws {
        let name = try #require(try installation.value("SELECT current_database() AS value"))
        let owner = try #require(try installation.value("SELECT current_user::text AS value"))
        // The poller itself and its upkeep have the two.
        try connection.execute(
            script: "CREATE ROLE \(name)_limited LOGIN CONNECTION LIMIT 2; GRANT \(owner) TO \(name)_limited")
        let limited = ["DATABASE_URL": "\(installation.database.connectionString)&user=\(name)_limited"]
        try installation.withPoller(limited) { _ in
            try installation.record(["known"])
            try installation.wait(for: 1, in: "delivered")
            try installation.ask(
                "recordConversion", ["offerId": "other", "affiliateId": "a", "transactionId": "unknown"])
            try installation.wait(for: 2, in: "delivered")
            #expect(try searches() == 0)
        }
    }
}
