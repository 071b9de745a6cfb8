import BenchmarkReport
import Glibc
import TestSupport

/// Deliveries where two processes of `postbacks serve --function deliverPostback` run the function and the poller calls them
/// over HTTP, beside those of the poller's own process, in turns. Also the CPU time of each part.
func measureRemote(_ workbench: Workbench) throws {
    let size = workbench.size
    let platform = try (0..<2).map { _ in try ServedFunction("deliverPostback", workbench.base.installation) }
    for (inFlight, aim) in [(256, 0.7), (64, nil)] as [(Int, Double?)] {
        let usual = ["POSTBACKS_DESTINATION_CONCURRENCY": "\(inFlight)"]
        let urls = platform.map(\.url).joined(separator: ",")
        let invoking = usual.merging(["POSTBACKS_INVOKE": urls, "POSTBACKS_ENCRYPTION_KEY": ""]) { $1 }
        var local: [Drain] = []
        var remote: [Drain] = []
        for round in 0..<size.rounds {
            for isRemote in [false, true] {
                try workbench.base.clear()
                try workbench.base.owe(size.conversions, prefix: "r\(inFlight)-\(round)-\(isRemote)-")
                try workbench.base.settle()
                let drain = try Drain.run(
                    workbench, workbench.base, to: workbench.receiver, until: .empty(owed: size.conversions),
                    settings: isRemote ? invoking : usual, platform: isRemote ? platform : [])
                if isRemote { remote.append(drain) } else { local.append(drain) }
            }
        }
        workbench.add(
            Figure(
                "deliveries over HTTP to two servers of deliverPostback, \(inFlight) in flight",
                Measure(remote.map(\.rate), .perSecond),
                limit: .init("a process of the poller's own", Measure(local.map(\.rate), .perSecond)),
                aim: aim.map { .ratioAtLeast($0) }))
        func addCPU(
            _ name: String, _ part: (Drain.CPU) -> Double, beside localPart: (Drain.CPU) -> Double
        ) {
            workbench.add(
                Figure(
                    "CPU time of a delivery over HTTP, \(inFlight) in flight: \(name)",
                    Measure(remote.map { part($0.cpu) }, .microseconds),
                    limit: .init("locally", Measure(local.map { localPart($0.cpu) }, .microseconds))))
        }
        addCPU("the servers, deliverPostback included", \.platform, beside: \.function)
        addCPU("the poller, its caller included", { $0.poller + $0.function }, beside: \.poller)
        addCPU("PostgreSQL, all its processes", \.database, beside: \.database)
        addCPU("all of these", \.inAll, beside: \.inAll)
    }
    for server in platform { server.send(SIGINT) }
    for server in platform { try server.waitForEnd() }
}
