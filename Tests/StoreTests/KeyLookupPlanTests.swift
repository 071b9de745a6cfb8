import Domain
import Input
import JSON
import Postgres
import TestSupport
import TestThreads
import Testing

@testable import Store

/// The look-up of a conversion by a tracker's id stands in SQL functions. The planner puts these in place of the calls, so that the
/// conversion is found by an index.
@Suite(.ownThreads) struct KeyLookupPlanTests {
    private let connection: Connection

    init() throws {
        connection = try TestDatabase.withTables().connect()
        try connection.execute(
            script: """
                INSERT INTO offers (id, name) SELECT 'o' || i, 'Offer' FROM generate_series(1, 100) i;
                INSERT INTO affiliates (id, name) VALUES ('a', 'Affiliate');
                INSERT INTO conversions (offer_id, affiliate_id, transaction_id, click_id, status, occurred_at)
                SELECT 'o' || 1 + i % 100, 'a', CASE WHEN i % 3 > 0 THEN 't' || i END, 'c' || i / 2, 'pending', now()
                FROM generate_series(1, 20000) i;
                ANALYZE
                """)
    }

    private static func read<Value>(_ members: JSON, _ make: (inout Fields) -> Value) -> Value {
        var fields = Fields(members.members)
        return make(&fields)
    }

    private static func calls(_ key: JSON) -> [any StoredCall] {
        let withOffer = key.merging(["offerId": "o1"])
        var calls: [any StoredCall] = [
            FindConversion(key: read(withOffer, ConversionKey.init)),
            UpdateStatuses(
                updates: [read(withOffer.merging(["status": "done"]), StatusUpdate.init)], orderHold: .seconds(600)),
        ]
        for filter in [key, withOffer] {
            calls += [
                ListConversions(filter: read(filter, ConversionFilter.init), order: .oldest, after: nil, count: 10),
                ListDeliveries(
                    filter: read(filter, DeliveryFilter.init), order: .newest, after: nil, count: 10,
                    orderHold: .seconds(600)),
                ResendDeliveries(request: read(["filter": filter], ResendRequest.init)),
            ]
        }
        return calls
    }

    private static let keys: [(JSON, String)] = [
        (["transactionId": "t1000"], "conversions_transaction"), (["clickId": "c500"], "conversions_click"),
    ]

    @Test(arguments: keys)
    func `each statement that takes a tracker's id finds conversions by an index`(key: JSON, index: String) throws {
        for call in Self.calls(key) {
            for plan in try connection.plans(of: call) {
                #expect(plan.contains(index), "\(call.statement.name): \(plan)")
                #expect(!plan.contains("Seq Scan on conversions"), "\(call.statement.name): \(plan)")
                #expect(
                    plan.firstMatch(of: #/(conversions_by_key|find_conversion)/#) == nil,
                    "\(call.statement.name): \(plan)")
            }
        }
    }

    @Test func `a transaction is looked up alone, and a click only without one`() throws {
        func ids(_ transaction: String?, _ click: String?) throws -> [Int?] {
            try connection.run("SELECT id FROM conversions_by_key('o2', \(transaction), \(click)) ORDER BY id").map {
                $0.integer("id")
            }
        }
        #expect(try ids("t1", "c7") == [1])
        #expect(try ids("t1", nil) == [1])
        #expect(try ids("t2", "c0").isEmpty)
        #expect(try ids(nil, "c0") == [1])
        #expect(try ids(nil, nil).isEmpty)
    }
}
