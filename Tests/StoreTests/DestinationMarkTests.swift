import Domain
import Postgres
import Store
import System
import TestSupport
import TestThreads
import Testing

/// Tests the breaker that the database keeps for all pollers.
@Suite(.ownThreads) struct DestinationMarkTests {
    private let connection: Connection
    private let schedule: RetrySchedule

    init() throws {
        connection = try TestDatabase.withTables().connect()
        schedule = try RetrySchedule(parsing: "30,120,600,3600")
        _ = try connection.run("INSERT INTO destinations (origin) VALUES ('http://one'), ('http://two')")
    }

    @discardableResult
    private func mark(_ mark: Outbox.Mark, schedule: RetrySchedule? = nil) throws -> Outbox.DestinationStatus {
        let answer = try connection.run(MarkDestinations([1: mark], schedule: schedule ?? self.schedule))
        #expect(answer.fault == nil)
        return try #require(answer.statuses.first)
    }

    private func endBlock() throws {
        _ = try connection.run("UPDATE destinations SET blocked_until = now() WHERE id = 1")
    }

    @Test
    func
        `ten requests in a row without an answer block it for a second, the next for two, and so on up to five minutes`()
        throws
    {
        #expect(try mark(Outbox.Mark(failures: 9)).blocked.wholeMilliseconds == 0)
        let first = try mark(Outbox.Mark(failures: 1))
        #expect(first.breaks && first.isHalfOpen)
        #expect((1000...1200).contains(first.blocked.wholeMilliseconds))
        // Requests that were in flight at that time.
        _ = try connection.run("UPDATE destinations SET blocked_until = now() + interval '1 hour' WHERE id = 1")
        #expect(try !mark(Outbox.Mark(failures: 6)).breaks)
        for limit in [2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000, 300_000] {
            try endBlock()
            let next = try mark(Outbox.Mark(failures: 1))
            #expect(next.breaks && (limit...limit * 6 / 5).contains(next.blocked.wholeMilliseconds))
        }
        #expect(try connection.run("SELECT blocks FROM destinations WHERE id = 1").first?.integer("blocks") == 11)
        #expect(
            try connection.run("SELECT FROM destinations WHERE id = 2 AND failures = 0 AND blocked_until IS NULL").count
                == 1)
    }

    @Test func `no block is longer than the schedule's wait of the same number`() throws {
        let short = try RetrySchedule(parsing: "0.5,0.1,1000")
        for limit in [500, 100, 4000] {
            let standing = try mark(Outbox.Mark(failures: 10), schedule: short)
            #expect(standing.breaks && (limit...limit * 6 / 5).contains(standing.blocked.wholeMilliseconds))
            try endBlock()
        }
    }

    @Test func `an answer forgets it all, and failures behind it count anew`() throws {
        try mark(Outbox.Mark(failures: 12))
        let standing = try mark(Outbox.Mark(isAnswered: true, failures: 2))
        #expect(standing.failures == 2 && !standing.isHalfOpen && standing.blocked.wholeMilliseconds == 0)
        try mark(Outbox.Mark(isAnswered: true))
        let rows = try connection.run(
            "SELECT FROM destinations WHERE id = 1 AND failures = 0 AND blocks = 0 AND failing_since IS NULL AND blocked_until IS NULL"
        )
        #expect(rows.count == 1)
    }

    @Test func `it is not blocked any more when it has been failing for longer than the schedule spans`() throws {
        try mark(Outbox.Mark(failures: 12))
        _ = try connection.run(
            "UPDATE destinations SET failing_since = now() - interval '4351 seconds', blocked_until = now() WHERE id = 1"
        )
        let standing = try mark(Outbox.Mark(failures: 20))
        #expect(!standing.breaks && !standing.isHalfOpen && standing.blocked.wholeMilliseconds == 0)
    }

    @Test func `with a single attempt there is no breaker`() throws {
        let standing = try mark(Outbox.Mark(failures: 100), schedule: RetrySchedule(parsing: ""))
        #expect(!standing.breaks && standing.blocked.wholeMilliseconds == 0)
    }

    @Test func `a pause that it asks for is granted for a minute at most, and never shortens another`() throws {
        #expect(
            (59_000...60_000).contains(
                try mark(Outbox.Mark(isAnswered: true, pause: .seconds(3600))).blocked.wholeMilliseconds))
        #expect(try mark(Outbox.Mark(isAnswered: true, pause: .seconds(5))).blocked.wholeMilliseconds > 50_000)
        try endBlock()
        let short = try RetrySchedule(parsing: "0.5,2")
        let granted = try mark(Outbox.Mark(isAnswered: true, pause: .seconds(3600)), schedule: short).blocked
            .wholeMilliseconds
        #expect((1000...2000).contains(granted))
    }

    @Test func `what is owed to it is not found, not claimed, and shown as due when the block ends`() throws {
        try connection.execute(
            script: """
                INSERT INTO affiliates (id, name) VALUES ('a', 'a');
                INSERT INTO postbacks (affiliate_id, conversion_status, url, http_type, destination_id)
                VALUES ('a', 'done', 'http://one/', 'GET', 1);
                INSERT INTO events (conversion_id, sequence, status, aggregateid, type, payload)
                VALUES (1, 1, 'done', '1', 'conversion.done', '{}');
                INSERT INTO outbox (event_id, conversion_id, sequence, postback_id, destination_id) VALUES (1, 1, 1, 1, 1);
                """)
        let find = FindDueDestinations(schedule: schedule)
        let claim = ClaimDeliveries(
            [Outbox.Share(destination: 1, free: 1)], lease: .seconds(60), orderHold: .seconds(600), schedule: schedule)
        try mark(Outbox.Mark(failures: 10))
        #expect(try connection.run(find).destinations.isEmpty)
        #expect(try connection.run(claim).isEmpty)
        #expect(
            try connection.run(
                "SELECT FROM delivery_log JOIN destinations ON origin = destination WHERE due_at = blocked_until"
            )
            .count == 1)
        try endBlock()
        let found = try #require(try connection.run(find).destinations.first)
        #expect(found.failures == 10 && found.isHalfOpen)
        #expect(try connection.run(claim).claims.count == 1)
    }
}
