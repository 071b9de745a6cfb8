import Domain
import Input
import JSON
import Postgres
import TestSupport
import TestThreads
import Testing

@testable import Store

/// Tests that the list of deliveries finds the same with the branches that a filter needs as with all of them.
@Suite(.ownThreads) struct DeliveryBranchTests {
    /// Deliveries in all states, with answers of four kinds, owed one second after the other.
    private static let deliveries = """
        INSERT INTO deliveries (id, event_id, conversion_id, sequence, postback_id, destination_id, state, attempts,
            lease_no, owed_at, http_status, error_code, affiliate_id, offer_id)
        SELECT 1000 + row_number() OVER (), 1, 1, 1, 1, 1, s.state, 1, 1, now() - interval '1 second' * row_number() OVER (),
            a.status, a.error, 'a', 'o'
        FROM unnest(ARRAY['delivered', 'failed', 'dead', 'skipped', 'cancelled']) AS s(state),
            (VALUES (200, NULL), (204, NULL), (500, 'http_status'), (NULL, 'timeout')) AS a(status, error)
        """

    private static let lookups: [JSON] = [
        [:], ["postbackId": 1], ["destination": "http://one"], ["affiliateId": "a"], ["offerId": "o"],
        ["conversionId": 1], ["transactionId": "t"], ["deliveryId": 1003],
    ]

    private static let answers: [JSON] = [
        [:], ["httpStatus": 200], ["httpStatus": 204], ["httpStatus": 500], ["httpStatus": "2xx"],
        ["errorCode": "timeout"], ["httpStatus": 500, "errorCode": "http_status"], ["state": "delivered"],
        ["state": "retrying"], ["state": "in_flight", "errorCode": "timeout"],
        ["state": "dead", "errorCode": "http_status"], ["everyAffiliate": false],
    ]

    private struct WithAllBranches: StoredCall {
        let list: ListDeliveries
        static let statement = ListDeliveries.statement
        var arguments: Arguments { list.arguments }
        func answer(_ rows: Rows) throws(PostgresError) -> [ListDeliveries.Listed] { try list.answer(rows) }
    }

    private func list(_ filter: JSON, _ order: ListOrder) -> ListDeliveries {
        var fields = Fields(filter.members)
        return ListDeliveries(
            filter: DeliveryFilter(&fields), order: order, after: nil, count: 100, orderHold: .seconds(600))
    }

    @Test func `each filter finds the same with its own branches as with all, in both orders`() throws {
        let connection = try TestDatabase.withTables().connect()
        try connection.execute(script: StoredCallSamples.content)
        try connection.execute(script: Self.deliveries)
        try connection.execute(script: Self.owed)
        var found = 0
        for lookup in Self.lookups {
            for answer in Self.answers {
                let filter = lookup.merging(answer)
                let ids = try connection.run(list(filter, .oldest)).map(\.id)
                #expect(try connection.run(WithAllBranches(list: list(filter, .oldest))).map(\.id) == ids, "\(filter)")
                let reversed = try connection.run(list(filter, .newest)).map(\.id)
                #expect(Set(reversed) == Set(ids) && reversed.count == ids.count, "\(filter)")
                found += ids.count
            }
        }
        #expect(found > 500)
    }

    /// Owed deliveries of both postbacks, one of them paused, in all states and with answers of five kinds.
    private static let owed = """
        INSERT INTO outbox (id, event_id, conversion_id, sequence, postback_id, destination_id, owed_at, due_at,
            lease_until, lease_no, attempt, last_status, last_error)
        SELECT 2000 + row_number() OVER (), 1, 1, 10 + row_number() OVER (), p.id, 1,
            now() - interval '1 second' * (p.id + l.attempt), now(),
            CASE WHEN l.is_leased THEN now() + interval '1 minute' END, 1, l.attempt, a.status, a.error
        FROM generate_series(1, 2) AS p(id),
            (VALUES (0, false), (0, true), (2, false), (3, true)) AS l(attempt, is_leased),
            (VALUES (200, 'response_mismatch'), (500, 'http_status'), (503, 'http_status'), (NULL, 'timeout'),
                (NULL, NULL)) AS a(status, error)
        """

    @Test func `what is owed is found by state, status and error as the log of deliveries shows them`() throws {
        let connection = try TestDatabase.withTables().connect()
        try connection.execute(script: StoredCallSamples.content)
        try connection.execute(script: Self.owed)
        let states = ["owed", "retrying", "in_flight", "held"]
        let answers: [(filter: JSON, condition: String)] = [
            ([:], "true"), (["httpStatus": 500], "http_status = 500"), (["httpStatus": "5xx"], "http_status / 100 = 5"),
            (["httpStatus": "2xx"], "http_status / 100 = 2"), (["httpStatus": 404], "false"),
            (["errorCode": "http_status"], "error_code = 'http_status'"), (["errorCode": "dns"], "false"),
            (["errorCode": "timeout"], "error_code = 'timeout'"), (["errorCode": "lost"], "error_code = 'lost'"),
            (["errorCode": "http_status", "httpStatus": 503], "error_code = 'http_status' AND http_status = 503"),
        ]
        var found = 0
        for state in states {
            for answer in answers {
                let filter = answer.filter.merging(["state": .string(state)])
                let log = Statement(
                    name: "log \(filter.encodedText)",
                    sql: """
                        SELECT id FROM delivery_log WHERE is_owed AND state = '\(state)' AND \(answer.condition)
                        ORDER BY owed_at, id
                        """)
                let ids = try connection.run(log).map { $0.integer("id") }
                #expect(try connection.run(list(filter, .oldest)).map(\.id) == ids, "\(filter)")
                found += ids.count
            }
        }
        #expect(found > 100)
    }

    @Test func `the file has every branch once, and no other`() {
        let text = ListDeliveries.statement.sql
        let names = text.split(separator: "\n").filter { $0.hasPrefix("    -- Branch: ") }.map {
            String($0.dropFirst(15))
        }
        #expect(names == DeliveryBranch.allCases.map(\.rawValue))
    }
}
