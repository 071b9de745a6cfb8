import BenchmarkReport
import Postgres
import System
import TestSupport

/// Nine of ten owed deliveries go to a destination that accepts requests and never answers; beside the same deliveries to the
/// other destination alone.
func measureHanging(_ workbench: Workbench) throws {
    let size = workbench.size
    let world = try workbench.makeWorld("hanging")
    let hung = try workbench.startReceiver(answers: false)
    defer { hung.end() }
    try world.configure(urls: workbench.receiver.origins.map { $0 + Workbench.target })
    try world.configure(offer: "hung", urls: hung.origins.map { $0 + Workbench.target })
    var rates: (with: [Double], without: [Double]) = ([], [])
    var latencies: (with: [Double], without: [Double]) = ([], [])
    for round in 0..<size.rounds {
        for isHanging in [false, true] {
            try world.clear()
            // The last run has blocked the destination.
            try world.database.execute(
                script: "UPDATE destinations SET blocked_until = NULL, failing_since = NULL, failures = 0, blocks = 0")
            if isHanging { try world.owe(9 * size.conversions, offer: "hung", prefix: "h\(round)-") }
            try world.owe(size.conversions, prefix: "g\(round)-")
            try world.settle()
            let rate = try Drain.run(
                workbench, world, to: workbench.receiver, until: .empty(owed: size.conversions), hanging: hung
            ).rate
            let loop = try OpenLoop.run(
                world, to: workbench.receiver, count: size.rounds > 1 ? 500 : 200, perSecond: 100,
                hanging: hung)
            if isHanging {
                rates.with.append(rate)
                latencies.with.append(loop.sinceLine.percentile(99))
            } else {
                rates.without.append(rate)
                latencies.without.append(loop.sinceLine.percentile(99))
            }
        }
    }
    workbench.add(
        Figure(
            "deliveries while 90 % of the rows are for a destination that hangs", Measure(rates.with, .perSecond),
            limit: .init("without those rows", Measure(rates.without, .perSecond)), aim: .ratioAtLeast(0.9)))
    workbench.add(
        Figure(
            "  line to request, p99 at 100/s", Measure(latencies.with, .milliseconds),
            limit: .init("without those rows", Measure(latencies.without, .milliseconds)), aim: .ratioAtMost(2)))
    try workbench.drop("hanging")
}
