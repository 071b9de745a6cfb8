import BenchmarkReport
import Egress
import HTTP
import System
import TestSupport

/// Deliveries per second from a full outbox to rows in `deliveries`, by `postbacks poll` and its warm deliverPostback; beside
/// the bare loop, with the same requests and the same number in flight. Also the CPU time that one delivery takes.
func measureDelivery(_ workbench: Workbench) throws {
    let size = workbench.size
    for (inFlight, aim) in [(256, 0.5), (64, nil), (16, 0.4)] as [(Int, Double?)] {
        var ours: [Drain] = []
        var bare: [BareLoop.Result] = []
        for round in 0..<size.rounds {
            bare.append(try workbench.loop.run(size.conversions, inFlight: inFlight, to: workbench.receiver))
            try workbench.base.clear()
            try workbench.base.owe(size.conversions, prefix: "d\(inFlight)-\(round)-")
            try workbench.base.settle()
            ours.append(
                try Drain.run(
                    workbench, workbench.base, to: workbench.receiver, until: .empty(owed: size.conversions),
                    settings: inFlight == 16 ? [:] : ["POSTBACKS_DESTINATION_CONCURRENCY": "\(inFlight)"]))
        }
        workbench.add(
            Figure(
                "deliveries, \(inFlight) in flight\(inFlight == 16 ? " (the default)" : "")",
                Measure(ours.map(\.rate), .perSecond),
                limit: .init("bare curl_multi loop, \(inFlight) in flight", Measure(bare.map(\.rate), .perSecond)),
                aim: aim.map { .ratioAtLeast($0) }))
        if inFlight != 64 { addCPU(workbench, "\(inFlight) in flight", ours, bare) }
    }
    let client = try (0..<size.rounds).map { _ in try sendAlone(workbench, size.conversions, inFlight: 256) }
    let bare = try (0..<size.rounds).map { _ in
        try workbench.loop.run(size.conversions, inFlight: 256, to: workbench.receiver).rate
    }
    workbench.add(
        Figure(
            "the HTTP client alone, 256 in flight", Measure(client, .perSecond),
            limit: .init("bare curl_multi loop, 256 in flight", Measure(bare, .perSecond))))
}

private func addCPU(_ workbench: Workbench, _ load: String, _ ours: [Drain], _ bare: [BareLoop.Result]) {
    let limit = Figure.Limit("bare curl_multi loop", Measure(bare.map(\.cpu), .microseconds))
    func add(_ name: String, _ part: (Drain.CPU) -> Double, _ aim: Aim? = nil) {
        workbench.add(
            Figure(
                "CPU time of a delivery, \(load): \(name)", Measure(ours.map { part($0.cpu) }, .microseconds),
                limit: limit, aim: aim))
    }
    let isFull = load.hasPrefix("256")
    add("deliverPostback", \.function, isFull ? .atMost(60) : nil)
    add("the poller", \.poller)
    add("PostgreSQL, all its processes", \.database)
    add("the three in all", \.inAll, isFull ? .atMost(180) : nil)
    add("the receiver", \.receiver)
}

/// Measures the HTTP client alone, with this number of requests in flight.
/// - Returns: answers a second.
private func sendAlone(_ workbench: Workbench, _ count: Int, inFlight: Int) throws -> Double {
    let client = try HTTPClient(egress: try EgressRules(allowing: "127.0.0.0/8"))
    var started = 0
    var ended = 0
    func startOne() {
        started += 1
        let headers = [
            ("User-Agent", "postbacks/0.1.0"), ("Postback-Delivery-Id", "\(started)"), ("Postback-Attempt", "1"),
        ]
        let url = "\(workbench.receiver.origins[0])/postback?cid=d0-c\(started)&payout=1.50&status=done"
        client.start(HTTPRequest(url: url, headers: headers), id: UInt64(started))
    }
    try workbench.receiver.reset()
    let start = Instant.now
    for _ in 0..<min(inFlight, count) { startOne() }
    while ended < count {
        for completion in client.turn(atMost: .milliseconds(1000)).completions {
            guard case .success = completion.result else {
                throw DidNotHappen(description: "the receiver did not answer")
            }
            ended += 1
            if started < count { startOne() }
        }
    }
    let elapsed = start.elapsed.seconds
    let seen = try workbench.receiver.seen()
    try RunLedger(expected: count, requests: seen.requests, different: seen.different, delivered: ended, owed: 0)
        .check()
    return Double(count) / elapsed
}
