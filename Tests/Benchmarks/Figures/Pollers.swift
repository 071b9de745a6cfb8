import BenchmarkReport
import TestSupport

/// Deliveries by two and four pollers, beside one. Each delivery is requested once, whichever poller claims it.
func measurePollers(_ workbench: Workbench) throws {
    let size = workbench.size
    let counts = [1, 2, 4]
    var rates: [Int: [Double]] = [:]
    for round in 0..<size.rounds {
        for pollers in counts {
            try workbench.base.clear()
            try workbench.base.owe(2 * size.conversions, prefix: "n\(pollers)-\(round)-")
            try workbench.base.settle()
            let drain = try Drain.run(
                workbench, workbench.base, to: workbench.receiver, until: .empty(owed: 2 * size.conversions),
                pollers: pollers, settings: ["POSTBACKS_DESTINATION_CONCURRENCY": "256"])
            rates[pollers, default: []].append(drain.rate)
        }
    }
    for pollers in counts.dropFirst() {
        workbench.add(
            Figure(
                "deliveries, \(pollers) pollers", Measure(rates[pollers] ?? [], .perSecond),
                limit: .init("one poller", Measure(rates[1] ?? [], .perSecond)), aim: .ratioAtLeast(1)))
    }
    workbench.report.add(
        .skipped("deliveries, one poller with two delivery processes", reason: "there is no setting for it"))
}
