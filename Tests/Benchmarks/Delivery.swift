import Egress
import Glibc
import HTTP
import Postgres
import System
import TestSupport

/// Deliveries per second from a full outbox to rows in `deliveries`, by `postbacks poll` and its warm deliverPostback; beside
/// the HTTP client alone, with the same requests and the same number in flight.
func measureDelivery(_ workbench: Workbench, _ size: Size, _ table: inout Table) throws {
    for concurrency in [256, 64, 16] {
        say("delivery: \(size.rounds) rounds, \(concurrency) in flight")
        var ours: [Double] = []
        var bare: [Double] = []
        for round in 0..<size.rounds {
            bare.append(try sendAlone(workbench, size.conversions, concurrency: concurrency))
            try workbench.clear()
            try record(workbench, size.conversions, prefix: "d\(concurrency)-\(round)")
            ours.append(try drain(workbench, size.conversions, concurrency: concurrency))
        }
        table.add(
            "deliveries, \(concurrency) in flight\(concurrency == 16 ? " (the default)" : "")",
            ours: "\(format(ours.median))/s",
            limit: "\(format(bare.median))/s, curl alone", ratio: ours.median / bare.median, aim: "≥ 0.4")
    }
}

/// Empties the outbox with a poller.
/// - Returns: deliveries a second, from the poller's start to the last row's time.
private func drain(_ workbench: Workbench, _ count: Int, concurrency: Int) throws -> Double {
    let start = WallClock.unixMilliseconds
    let poller = try workbench.start("postbacks", ["poll"], ["POSTBACKS_DESTINATION_CONCURRENCY": "\(concurrency)"])
    defer { poller.end(SIGTERM) }
    try waitUntilDrained(workbench, seconds: 120)
    let rows = try workbench.database.run(
        "SELECT count(*) AS count, (extract(epoch FROM max(finished_at)) * 1000)::bigint AS last FROM deliveries")
    guard let row = rows.first, row.integer("count") == count, let last = row.integer("last") else {
        throw DidNotHappen(description: "\(rows.first?.integer("count") ?? 0) of \(count) deliveries were finished")
    }
    return Double(count) / (Double(last - Int(start)) / 1000)
}

func waitUntilDrained(_ workbench: Workbench, seconds limit: Double) throws {
    let start = Instant.now
    // This reads the end of an index: counting the rows would slow down the measured deliveries.
    while start.elapsed.seconds < limit {
        _ = try wait(for: [], atMost: .milliseconds(200))
        let rows = try workbench.database.run(
            "SELECT count(*) AS owed FROM (SELECT FROM outbox ORDER BY destination_id DESC LIMIT 1) o")
        if rows.first?.integer("owed") == 0 { return }
    }
    throw DidNotHappen(description: "the outbox was not drained in \(limit) s")
}

/// Measures the HTTP client alone, with this number of requests in flight.
/// - Returns: answers a second.
private func sendAlone(_ workbench: Workbench, _ count: Int, concurrency: Int) throws -> Double {
    let client = try HTTPClient(egress: try EgressRules(allowing: "127.0.0.0/8"))
    var started = 0
    var ended = 0
    func startOne() {
        started += 1
        let headers = [
            ("User-Agent", "postbacks/0.1.0"), ("Postback-Delivery-Id", "\(started)"), ("Postback-Attempt", "1"),
        ]
        let url = "\(workbench.receiverURL)/postback?cid=d0-c\(started)&payout=1.50&status=done"
        client.start(HTTPRequest(url: url, headers: headers), id: UInt64(started))
    }
    let start = Instant.now
    for _ in 0..<min(concurrency, count) { startOne() }
    while ended < count {
        for completion in client.turn(atMost: .milliseconds(1000)).completions {
            guard case .success = completion.result else {
                throw DidNotHappen(description: "the receiver did not answer")
            }
            ended += 1
            if started < count { startOne() }
        }
    }
    return Double(count) / start.elapsed.seconds
}
