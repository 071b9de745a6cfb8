import Domain
import Input
import JSON
import Postgres
import TestSupport
import TestThreads
import Testing

@testable import Store

/// The matching rule (R1 to R3) stands in SQL functions. The planner puts these in place of the calls, so that among thousands of
/// postbacks those that match are found by an index. `explain_conversion` is not among them: it tells of deleted postbacks too, which
/// the indexes leave out.
@Suite(.ownThreads) struct MatchingPlanTests {
    private let connection: Connection

    init() throws {
        connection = try TestDatabase.withTables().connect()
        try connection.execute(
            script: """
                INSERT INTO destinations (origin) VALUES ('https://one.example:443');
                INSERT INTO offers (id, name) SELECT 'o' || i, 'Offer' FROM generate_series(1, 100) i;
                INSERT INTO affiliates (id, name) SELECT 'a' || i, 'Affiliate' FROM generate_series(1, 100) i;
                INSERT INTO postbacks (offer_id, affiliate_id, conversion_status, url, http_type, destination_id)
                SELECT 'o' || 1 + i % 100, 'a' || 1 + i / 100, 'done', 'https://one.example/', 'GET', 1
                FROM generate_series(0, 4999) i;
                INSERT INTO postbacks (affiliate_id, conversion_status, url, http_type, destination_id)
                SELECT 'a' || i, 'done', 'https://one.example/', 'GET', 1 FROM generate_series(1, 100) i;
                INSERT INTO postback_versions (postback_id, version, conversion_status, goal_id, active, url)
                SELECT id, version, conversion_status, goal_id, active, url FROM postbacks;
                INSERT INTO conversions (offer_id, affiliate_id, transaction_id, status, occurred_at)
                SELECT 'o1', 'a1', 't' || i, 'pending', now() FROM generate_series(1, 5000) i;
                INSERT INTO events (conversion_id, sequence, status, aggregateid, type, payload)
                SELECT i, 1, 'pending', i, 'conversion.pending', '{}' FROM generate_series(1, 5000) i;
                ANALYZE
                """)
    }

    private func read<Value>(_ members: JSON, _ make: (inout Fields) -> Value) -> Value {
        var fields = Fields(members.members)
        return make(&fields)
    }

    private func postback(_ offer: String) -> NewPostback {
        read(
            [
                "offerId": .string(offer), "affiliateId": "a1", "conversionStatus": "done",
                "url": "https://one.example/",
            ], NewPostback.init)
    }

    @Test func `each statement that applies the rule finds postbacks by an index, and reads none of them all`() throws {
        let new = read(
            ["offerId": "o1", "affiliateId": "a1", "transactionId": "new", "status": "done"], NewConversion.init)
        let update = read(["conversionId": 1, "status": "done"], StatusUpdate.init)
        let calls: [(call: any StoredCall, indexes: [String])] = [
            (RecordConversions(conversions: [new]), ["postbacks_matching"]),
            (UpdateStatuses(updates: [update], orderHold: .seconds(600)), ["postbacks_matching"]),
            (
                BackfillPostback(
                    postbackID: 1, since: Timestamp(milliseconds: 0), until: nil, after: "0", includesSilent: false,
                    isDryRun: true), ["postbacks_pkey"]
            ),
            (
                FindOverlappingPostbacks(subject: .new(postback("o1"))), ["postbacks_matching"]
            ),
            (
                FindOverlappingPostbacks(subject: .stored([1, 2])), ["postbacks_matching", "postbacks_affiliate"]
            ),
            (FindOverlappingPostbacks(subject: .new(postback("*"))), ["postbacks_affiliate"]),
        ]
        for (call, indexes) in calls {
            for plan in try connection.plans(of: call) {
                for index in indexes { #expect(plan.contains(index), "\(call.statement.name): \(plan)") }
                #expect(!plan.contains("Seq Scan on postbacks"), "\(call.statement.name): \(plan)")
                #expect(plan.firstMatch(of: #/(fires|click_known)\(/#) == nil, "\(call.statement.name): \(plan)")
            }
        }
    }
}
