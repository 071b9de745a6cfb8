import Domain
import Postgres
import TestSupport
import TestThreads
import Testing

@testable import Store

/// A poller that starts on an installation without deliveries makes its plans while all indexes of a table cost the same. A plan
/// that reads a whole index then takes time with each delivery that follows: with 4,000 of them, 690 µs of processor time
/// each instead of 65.
@Suite(.ownThreads) struct EmptyTablePlanTests {
    private let connection: Connection

    init() throws {
        connection = try TestDatabase.withTables().connect()
        for table in ["outbox", "deliveries", "attempts", "events", "conversions", "destinations", "postbacks"] {
            try connection.execute(script: "VACUUM ANALYZE \(table)")
        }
        _ = try connection.transaction(Outbox.pollingSession(longest: .seconds(60)).calls(isShared: false))
    }

    private static let calls: [any StoredCall] = [
        ClaimDeliveries(
            [Outbox.Share(destination: 1, free: 4, retries: 2, floor: nil, retryFloor: nil)], lease: .seconds(60),
            orderHold: .seconds(600), schedule: .standard),
        CompleteDeliveries(
            lines: [Array(#"{"id":"1/1/1","output":{"outcome":"delivered"}}"#.utf8)], orderHold: .seconds(600),
            schedule: .standard),
    ]

    /// The scans of a table in a plan: the index, and the condition by which it is read.
    private func scans(of table: String, in plan: String) -> [(index: String, condition: String)] {
        let lines = plan.split(separator: "\n").map(String.init)
        return lines.indices.compactMap { place in
            guard let scan = lines[place].firstMatch(of: /Index (?:Only )?Scan.* using (\w+) on (\w+)/),
                scan.output.2 == table
            else { return nil }
            let next = place + 1 < lines.count ? lines[place + 1] : ""
            return (String(scan.output.1), next.contains("Index Cond:") ? next : "")
        }
    }

    @Test func `a poller's plans made on empty tables find deliveries by their ids and conversions`() throws {
        for call in Self.calls {
            for plan in try connection.plans(of: call) {
                #expect(!plan.contains("Seq Scan on"), "\(plan)")
                for (index, condition) in scans(of: "deliveries", in: plan) {
                    let column = index == "deliveries_pkey" ? "(id " : "(conversion_id "
                    #expect(["deliveries_pkey", "deliveries_conversion"].contains(index), "\(plan)")
                    #expect(condition.contains(column), "\(plan)")
                }
                for (index, condition) in scans(of: "outbox", in: plan) {
                    let columns = [
                        "outbox_pkey": "(id ", "outbox_order": "(conversion_id ", "outbox_due": "(destination_id ",
                    ]
                    let column = try #require(columns[index], "\(plan)")
                    #expect(condition.contains(column), "\(plan)")
                }
            }
        }
    }
}
