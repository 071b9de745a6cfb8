import BenchmarkReport
import Postgres
import System
import TestSupport

/// The time from a conversion's line to the arrival of its request, at a hundred and a thousand conversions a second; beside one
/// round trip of bare libcurl plus one commit.
func measureLatency(_ workbench: Workbench) throws {
    let size = workbench.size
    for (perSecond, seconds) in [(100, 10), (1000, 5)] {
        var runs: [OpenLoop] = []
        var limits: [(p50: Double, p99: Double)] = []
        for _ in 0..<size.rounds {
            limits.append(try roundTripAndCommit(workbench))
            try workbench.base.clear()
            runs.append(
                try OpenLoop.run(
                    workbench.base, to: workbench.receiver, count: perSecond * (size.rounds > 1 ? seconds : 3),
                    perSecond: perSecond))
        }
        func add(_ name: String, _ values: [Double], _ limit: [Double], _ aim: Aim?) {
            workbench.add(
                Figure(
                    "\(name) at \(grouped(Double(perSecond)))/s", Measure(values, .milliseconds),
                    limit: .init("bare libcurl's round trip + a commit", Measure(limit, .milliseconds)), aim: aim))
        }
        add(
            "line to request, p50", runs.map(\.sinceLine.median), limits.map(\.p50), perSecond == 100 ? .atMost(3) : nil
        )
        add(
            "line to request, p99", runs.map { $0.sinceLine.percentile(99) }, limits.map(\.p99),
            .atMost(perSecond == 100 ? 20 : 50))
        add("recordConversion's answer to request, p50", runs.map(\.sinceAnswer.median), limits.map(\.p50), nil)
        add(
            "recordConversion's answer to request, p99", runs.map { $0.sinceAnswer.percentile(99) }, limits.map(\.p99),
            nil)
    }
}

/// The sums of the percentiles of one request at a time and of one small transaction at a time, in milliseconds.
private func roundTripAndCommit(_ workbench: Workbench) throws -> (p50: Double, p99: Double) {
    let request = try workbench.loop.run(500, inFlight: 1, to: workbench.receiver)
    let database = workbench.base.database
    try database.execute(script: "CREATE TABLE IF NOT EXISTS commits (id integer)")
    let commits = try (0..<500).map { number in
        let start = Instant.now
        _ = try database.run("INSERT INTO commits VALUES (\(number))")
        return start.elapsed.milliseconds
    }
    try database.execute(script: "DROP TABLE commits")
    return (request.p50 + commits.median, request.p99 + commits.percentile(99))
}
