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

    @Test func `the file has every branch once, and no other`() {
        let text = ListDeliveries.statement.sql
        let names = text.split(separator: "\n").filter { $0.hasPrefix("    -- Branch: ") }.map {
            String($0.dropFirst(15))
        }
        #expect(names == DeliveryBranch.allCases.map(\.rawValue))
    }
}
