import BenchmarkReport
import Postgres
import TestSupport

/// Deliveries while an old transaction keeps every dead row, and also a million dead rows of before; beside the same without.
func measureDeadRows(_ workbench: Workbench) throws {
    let size = workbench.size
    let dead = "\(grouped(Double(size.deadRows))) dead rows"
    let burdens = [Burden.none, .transaction, .deadRows]
    var rates: [Burden: [Double]] = [:]
    var latencies: [Burden: [Double]] = [:]
    for round in 0..<size.rounds {
        for burden in burdens {
            let world = workbench.base
            try world.clear()
            let old = try Connection(world.connectionString, applicationName: "old transaction")
            if burden != .none {
                try old.execute(script: "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM offers")
            }
            if burden == .deadRows {
                try world.run(.leaveDeadRows, ["count": .int(size.deadRows)])
                try world.database.execute(script: "DELETE FROM outbox")
            }
            try world.owe(size.conversions, prefix: "x\(round)-")
            try world.settle()
            let drain = try Drain.run(
                workbench, world, to: workbench.receiver, until: .empty(owed: size.conversions))
            rates[burden, default: []].append(drain.rate)
            let loop = try OpenLoop.run(
                world, to: workbench.receiver, count: size.rounds > 1 ? 500 : 200, perSecond: 100)
            latencies[burden, default: []].append(loop.sinceLine.percentile(99))
            if burden != .none { try old.execute(script: "ROLLBACK") }
        }
    }
    for (burden, name) in [
        (Burden.transaction, "an old transaction is open"), (.deadRows, "it also keeps \(dead) in the outbox"),
    ] {
        workbench.add(
            Figure(
                "deliveries while \(name)", Measure(rates[burden] ?? [], .perSecond),
                limit: .init("without it", Measure(rates[.none] ?? [], .perSecond)), aim: .ratioAtLeast(0.8)))
        workbench.add(
            Figure(
                "  line to request, p99 at 100/s", Measure(latencies[burden] ?? [], .milliseconds),
                limit: .init("without it", Measure(latencies[.none] ?? [], .milliseconds)), aim: .ratioAtMost(2)))
    }
}

private enum Burden { case none, transaction, deadRows }
