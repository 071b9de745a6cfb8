import BenchmarkReport
import Glibc
import System
import TestSupport

/// Conversions recorded per second through one warm recordConversion, each with an event and an owed delivery; beside
/// pgbench, which does the same by one row in one prepared statement, with the number of clients with which it is fastest.
func measureRecording(_ workbench: Workbench) throws {
    let script = try singleRowScript(workbench)
    let size = workbench.size
    let clientCounts = [1, 4, 8, 16]
    var ours: [Double] = []
    var single: [Int: [Double]] = [:]
    for round in 0..<size.rounds {
        for clients in clientCounts {
            try workbench.base.clear()
            let rate = try pgbench(workbench, script, clients: clients, seconds: size.seconds)
            single[clients, default: []].append(rate)
        }
        try workbench.base.clear()
        ours.append(try record(workbench.base, size.conversions, prefix: "r\(round)"))
    }
    let measures = clientCounts.map { (clients: $0, measure: Measure(single[$0] ?? [], .perSecond)) }
    guard let best = measures.max(by: { $0.measure.median < $1.measure.median }) else { return }
    workbench.add(
        Figure(
            "conversions recorded, one stream", Measure(ours, .perSecond),
            limit: .init("pgbench, single rows, \(best.clients) clients, the best", best.measure),
            aim: .ratioAtLeast(3)))
    for (clients, measure) in measures where clients != best.clients {
        workbench.add(
            Figure(
                "  the same", Measure(ours, .perSecond),
                limit: .init("pgbench, single rows, \(clients) client\(clients == 1 ? "" : "s")", measure)))
    }
}

/// Records this number of conversions through one stream.
/// - Returns: how many a second.
@discardableResult
func record(
    _ world: World, _ count: Int, prefix: String, offers: [String] = ["o1"], affiliates: [String] = ["a1"]
) throws -> Double {
    let recorder = try world.start("recordConversion", ["--stream"])
    defer { recorder.end(SIGTERM) }
    let before = try world.count("outbox")
    // The function connects at the first line.
    try recorder.exchange(
        World.lines(0..<1, prefix: prefix, offers: offers, affiliates: affiliates), lines: 1, seconds: 30)
    let lines = World.lines(1..<count, prefix: prefix, offers: offers, affiliates: affiliates)
    let start = Instant.now
    try recorder.exchange(lines, lines: count - 1, seconds: 120)
    let elapsed = start.elapsed.seconds
    let owed = try world.count("outbox") - before
    guard owed == count else { throw VoidRun(description: "\(owed) owed after \(count) conversions") }
    return Double(count - 1) / elapsed
}

/// Writes the statement of pgbench to a file, and returns its path.
func singleRowScript(_ workbench: Workbench) throws -> String {
    let script = "\(workbench.folder)/single_row.sql"
    try FileSystem.write(String(decoding: PackageResources.single_row_sql, as: UTF8.self), to: script)
    return script
}

/// Runs the script as often as possible.
/// - Returns: how often a second.
private func pgbench(_ workbench: Workbench, _ script: String, clients: Int, seconds: Int) throws -> Double {
    let output = try Tools.run(
        try Tools.find("pgbench"),
        [
            "-n", "-M", "prepared", "-c", "\(clients)", "-j", "1", "-T", "\(seconds)", "-f", script,
            workbench.base.connectionString,
        ], timeout: .seconds(seconds + 30))
    // "tps = 1234.567890 (without initial connection time)"
    for line in output.split(separator: "\n") where line.hasPrefix("tps = ") {
        if let value = Double(line.dropFirst(6).prefix { $0 != " " }) { return value }
    }
    throw DidNotHappen(description: "pgbench says how fast it is: \(output)")
}
