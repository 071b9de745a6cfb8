import Domain
import Postgres
import Store
import TestSupport
import TestThreads
import Testing

/// Tests the search for destinations with due deliveries.
@Suite(.ownThreads) struct DueDestinationTests {
    private let connection: Connection

    /// Destination 1 has first attempts, 2 retries, 3 both, and 4 nothing that is due and not leased.
    init() throws {
        connection = try TestDatabase.withTables().connect()
        try connection.execute(
            script: """
                INSERT INTO destinations (origin) VALUES ('http://1'), ('http://2'), ('http://3'), ('http://4');
                INSERT INTO outbox (event_id, conversion_id, sequence, postback_id, destination_id, attempt, due_at,
                    lease_until)
                SELECT 1, row_number() OVER (), 1, 1, o.destination_id, o.attempt, CASE WHEN o.due IS NULL THEN 'infinity' ELSE now() + o.due END, now() + o.lease
                FROM (VALUES (1, 0, interval '-29 s', NULL::interval), (1, 0, '-5 s', NULL), (1, 0, '-99 s', '9 s'),
                    (2, 3, '-7 s', NULL), (2, 1, '9 s', NULL), (3, 0, '-26 s', '-1 s'), (3, 1, '-4 s', NULL),
                    (4, 0, '-3 s', '9 s'), (4, 1, '3 s', NULL), (4, 0, NULL, NULL)) AS o(destination_id, attempt, due, lease);
                """)
    }

    /// Seconds for which the first of each kind has been due, rounded, by destination.
    private func look(among floors: [Outbox.Floor]? = nil) throws -> [Int: [Int?]] {
        let call =
            floors.map { FindDueDestinations(among: $0, schedule: .standard) }
            ?? FindDueDestinations(schedule: .standard)
        let answer = try connection.run(call)
        #expect(answer.reached == nil && answer.fault == nil)
        var found: [Int: [Int?]] = [:]
        for destination in answer.destinations {
            found[destination.id] = try [destination.firstDue, destination.retryDue].map { due in
                guard let due else { return nil }
                return try connection.run(
                    "SELECT round(extract(epoch FROM now() - \(due)::timestamptz))::int AS value"
                ).first?.integer("value")
            }
        }
        return found
    }

    /// Floors that are later than the last due rows of a destination by this time.
    private func floor(_ destination: Int, first: String, retries: String) throws -> Outbox.Floor {
        let row = try connection.run(
            """
            SELECT (max(due_at) FILTER (WHERE attempt = 0) + \(first)::interval)::text AS first,
                (max(due_at) FILTER (WHERE attempt > 0) + \(retries)::interval)::text AS retries
            FROM outbox WHERE destination_id = \(destination)
            """
        ).first
        return Outbox.Floor(
            destination: destination, first: row?.text("first") ?? "-infinity",
            retries: row?.text("retries") ?? "-infinity")
    }

    @Test func `a whole look finds each destination with something due that nobody has leased, and since when`() throws
    {
        let found = try look()
        #expect(found == [1: [29, nil], 2: [nil, 7], 3: [26, 4]])
    }

    @Test func `a look goes through as many heads as it may, and the next one goes on behind them`() throws {
        var found: [Int: [Bool]] = [:]
        var place = Outbox.Place.start
        var places: [Outbox.Place] = []
        while places.count < 10 {
            let answer = try connection.run(FindDueDestinations(behind: place, heads: 2, schedule: .standard))
            for destination in answer.destinations {
                let kinds = [destination.firstDue != nil, destination.retryDue != nil]
                found[destination.id] = zip(found[destination.id] ?? [false, false], kinds).map { $0 || $1 }
            }
            guard let reached = answer.reached else { break }
            place = reached
            places.append(place)
        }
        #expect(found == [1: [true, false], 2: [false, true], 3: [true, true]])
        // The walk also passes the fourth destination, whose rows are held or due later.
        #expect(places.map(\.destination) == [2, 3, 4] && places.map(\.isRetry) == [true, true, true])
    }

    @Test func `a look for known destinations finds what is due behind their floors, or up to a second before`() throws
    {
        let found = try look(among: [
            floor(1, first: "-7 s", retries: "0 s"), floor(3, first: "1.1 s", retries: "0.9 s"),
            floor(4, first: "-1 h", retries: "-1 h"),
        ])
        #expect(found == [1: [5, nil], 3: [nil, 4]])
        #expect(try look(among: []).isEmpty)
    }
}
