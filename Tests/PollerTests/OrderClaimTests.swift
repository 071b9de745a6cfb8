import Domain
import JSON
import Postgres
import Store
import TestSupport
import TestThreads
import Testing

/// Tests R10 in the statements of a poller: which of two events of one conversion a claim leases, and which it ends.
@Suite(.ownThreads) struct OrderClaimTests {
    private let installation: Installation
    private let connection: Connection

    /// Postbacks 1 to 3 on pending, done and rejected, and one conversion `t` that is rejected; nothing was sent yet.
    init() throws {
        installation = try Installation.sending(to: "http://127.0.0.1:1", on: ["pending", "done", "rejected"])
        try installation.record(["t"])
        try installation.update("t", "done")
        try installation.update("t", "rejected")
        connection = try installation.database.connect()
        try run("UPDATE outbox SET due_at = now()")
    }

    private func run(_ query: Query) throws { _ = try connection.run(query) }

    /// Makes every delivery owed for an hour.
    private func age() throws { try run("UPDATE outbox SET owed_at = owed_at - interval '1 hour'") }

    private static func claim(_ free: Int = 10, to destination: Int = 1) -> ClaimDeliveries {
        ClaimDeliveries(
            [Outbox.Share(destination: destination, free: free)], lease: .seconds(60), orderHold: .seconds(600),
            schedule: .standard)
    }

    private func claim(_ free: Int = 10) throws -> ClaimDeliveries.Answer { try connection.run(Self.claim(free)) }

    private func settle(_ claims: [Outbox.Claim], _ output: JSON) throws {
        let answers = claims.map { (["id": .string($0.id), "output": output] as JSON).bytes }
        _ = try connection.run(CompleteDeliveries(lines: answers, orderHold: .seconds(600), schedule: .standard))
    }

    @Test func `of several events that have been owed for longer than the hold one is in flight at a time`() throws {
        try age()
        let first = try claim().claims
        #expect(first.map(\.delivery) == [1])
        #expect(try claim().claims.isEmpty)
        try settle(first, ["outcome": "retry", "retryInSeconds": 3600])
        let second = try claim().claims
        #expect(second.map(\.delivery) == [2])
        #expect(try claim().claims.isEmpty)
        // A delivery that is resent meanwhile waits as well.
        try run("UPDATE outbox SET due_at = now() WHERE id = 1")
        #expect(try claim().claims.isEmpty)
        try settle(second, ["outcome": "delivered"])
        let ended = try claim().ended
        #expect(ended.map(\.postback) == [1])
        #expect(ended.map(\.isDead) == [false])
        #expect(try claim().claims.map(\.delivery) == [3])
        #expect(try installation.deliveries().map { $0["state"] } == ["skipped", "delivered", "in_flight"])
    }

    @Test func `a later event within the hold waits for an earlier one, wherever that waits`() throws {
        try run("UPDATE outbox SET due_at = now() + interval '1 hour' WHERE id < 3")
        #expect(try claim().claims.isEmpty)
        try run("DELETE FROM outbox WHERE id = 1")
        #expect(try claim().claims.isEmpty)
        try run("DELETE FROM outbox WHERE id = 2")
        #expect(try claim().claims.map(\.delivery) == [3])
    }

    @Test func `a resumed event waits for an earlier one as long again, a resent or moved one does not`() throws {
        try age()
        try run("DELETE FROM outbox WHERE id = 3")
        try run("UPDATE outbox SET due_at = now() + interval '1 hour' WHERE id = 1")
        try run("UPDATE outbox SET due_at = 'infinity' WHERE id = 2")
        try run("UPDATE postbacks SET paused_at = now(), paused_reason = 'test' WHERE id = 2")
        try installation.ask("updatePostback", ["postbackId": 2, "resume": true])
        #expect(try claim().claims.isEmpty)
        try run("UPDATE outbox SET hold_from = owed_at")
        let claims = try claim().claims
        #expect(claims.map(\.delivery) == [2])
        try settle(claims, ["outcome": "failed"])
        try installation.ask("resendDeliveries", ["deliveryIds": [2]])
        #expect(try claim().claims.map(\.delivery) == [2])
    }

    @Test func `two pollers at once do not start an event and the one that it steps over`() throws {
        try age()
        // The later one has waited longer, and there is room for only one.
        try run("DELETE FROM outbox WHERE id = 3")
        try run("UPDATE outbox SET due_at = now() - interval '1 minute' WHERE id = 2")
        let other = try installation.database.connect()
        _ = try connection.run("BEGIN")
        let mine = try claim(1).claims
        #expect(mine.map(\.delivery) == [2])
        #expect(try other.run(Self.claim()).claims.isEmpty)
        _ = try connection.run("COMMIT")
        #expect(try other.run(Self.claim()).claims.isEmpty)
        try settle(mine, ["outcome": "retry", "retryInSeconds": 3600])
        try run("UPDATE outbox SET due_at = now() WHERE id = 1")
        #expect(try claim().claims.map(\.delivery) == [1])
    }

    @Test func `a claim with a snapshot older than another lease does not claim the events that were overtaken`() throws
    {
        try age()
        try run("DELETE FROM outbox WHERE id = 3")
        try run("UPDATE outbox SET due_at = now() - interval '1 minute' WHERE id = 2")
        // Blocks the second poller between its snapshot and the first row that it locks.
        let gate = try installation.database.connect()
        try gate.execute(
            script: """
                CREATE FUNCTION pass() RETURNS boolean LANGUAGE plpgsql AS $$
                BEGIN PERFORM pg_advisory_lock_shared(1); PERFORM pg_advisory_unlock_shared(1); RETURN true; END $$;
                SELECT pg_advisory_lock(1);
                """)
        let held = Self.claim().call
        let sql = held.statement.sql.replacing(
            "o.due_at <= now()", with: "pass() AND o.due_at <= now()", maxReplacements: 1)
        #expect(sql != held.statement.sql)
        let late = try installation.database.connect(applicationName: "late")
        try late.start([[Call(Statement(name: "late", sql: sql), held.parameters)]])
        try waitUntil("it has its snapshot") {
            try gate.run(
                """
                SELECT FROM pg_stat_activity
                WHERE datname = current_database() AND application_name = 'late' AND wait_event = 'advisory'
                """
            ).count == 1
        }
        #expect(try claim(1).claims.map(\.delivery) == [2])
        try gate.execute(script: "SELECT pg_advisory_unlock(1)")
        var results: [Result<[Rows], PostgresError>]?
        try waitUntil("it has looked") {
            results = results ?? late.poll()
            return results != nil
        }
        #expect(try results?.first?.get().first.map(Self.claim().answer)?.claims.isEmpty == true)
    }

    @Test func `several postbacks on one event never overtake each other`() throws {
        try run("UPDATE outbox SET sequence = 2, event_id = 2 WHERE id = 3")
        try run("DELETE FROM outbox WHERE id = 1")
        try age()
        let first = try claim(1).claims
        try settle(first, ["outcome": "delivered"])
        let second = try claim()
        #expect(second.claims.count == 1)
        #expect(second.ended.isEmpty)
    }

    @Test func `a later event that was delivered elsewhere overtakes nothing`() throws {
        try age()
        let other =
            try connection.run(
                "INSERT INTO destinations (origin) VALUES ('http://127.0.0.1:2') RETURNING id"
            ).first?.integer("id") ?? 0
        try run(
            """
            INSERT INTO deliveries (id, event_id, conversion_id, sequence, postback_id, destination_id, state, attempts,
                lease_no, owed_at)
            SELECT id + 100, event_id, conversion_id, sequence, postback_id, \(other), 'delivered', 1, 1, owed_at FROM outbox
            """)
        #expect(try claim().ended.isEmpty)
        try run("UPDATE outbox SET lease_until = NULL")
        // The first two are, once they go there.
        for id in 1...2 {
            try installation.ask(
                "updatePostback", ["postbackId": .integer(id), "url": "http://127.0.0.1:2/{status}"])
        }
        let there = try connection.run(Self.claim(to: other))
        #expect(there.claims.isEmpty)
        #expect(there.ended.map(\.postback) == [1, 2])
    }

    @Test func `a delivery in flight during a change of the URL moves to the new destination and keeps its place`()
        throws
    {
        let claims = try claim().claims
        #expect(claims.map(\.delivery) == [1])
        for id in 1...3 {
            try installation.ask(
                "updatePostback", ["postbackId": .integer(id), "url": "http://127.0.0.1:2/{status}"])
        }
        let other = try connection.run("SELECT max(id) AS id FROM destinations").first?.integer("id") ?? 0
        let there = Self.claim(to: other)
        #expect(try connection.run(there).claims.isEmpty)
        try settle(claims, ["outcome": "retry", "retryInSeconds": 0])
        #expect(try connection.run(there).claims.map(\.delivery) == [1])
    }
}
