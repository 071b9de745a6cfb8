import Glibc
import Postgres
import System
import TestSupport

/// Measures the memory of the poller and of its delivery process, idle and at its maximum while a backlog is sent.
func measureMemory(_ workbench: Workbench, _ size: Size, _ table: inout Table) throws {
    say("memory: \(size.backlog) owed")
    try workbench.clear()
    let poller = try workbench.start("postbacks", ["poll"], ["POSTBACKS_DESTINATION_CONCURRENCY": "64"])
    defer { poller.end(SIGTERM) }
    _ = try wait(for: [], atMost: .milliseconds(1000))
    guard let delivery = children(of: poller.pid).first else {
        throw DidNotHappen(description: "there is no delivery process")
    }
    let rest = [try memory(poller.pid, "VmRSS"), try memory(delivery, "VmRSS")]
    table.add("memory of the poller at rest", ours: "\(format(rest[0], 1)) MiB", aim: "< 64 MiB")
    table.add("memory of the delivery process at rest", ours: "\(format(rest[1], 1)) MiB", aim: "< 64 MiB")

    try record(workbench, 1, prefix: "m")
    // One statement records the rest of the backlog.
    _ = try workbench.database.run(
        """
        WITH c AS (
            INSERT INTO conversions (offer_id, affiliate_id, transaction_id, click_id, status, occurred_at)
            SELECT 'o1', 'a1', 'b' || n, 'b' || n, 'done', now() FROM generate_series(1, \(size.backlog)::int) AS n
            RETURNING *
        ), e AS (
            INSERT INTO events (conversion_id, sequence, status, goals_enabled, aggregateid, type, payload)
            SELECT c.id, 1, 'done', false, c.id::text, 'conversion.done', conversion_json(c, 'o1', 'a1', NULL) FROM c
            RETURNING id, conversion_id
        )
        INSERT INTO outbox (event_id, conversion_id, sequence, postback_id, destination_id)
        SELECT e.id, e.conversion_id, 1, p.id, p.destination_id FROM e CROSS JOIN postbacks p
        """)
    let backlog = size.backlog + 1
    let start = Instant.now
    while try workbench.count("outbox") > backlog - size.conversions {
        guard start.elapsed.seconds < 120 else { throw DidNotHappen(description: "the backlog does not shrink") }
        _ = try wait(for: [], atMost: .milliseconds(500))
    }
    let most = [try memory(poller.pid, "VmHWM"), try memory(delivery, "VmHWM")]
    table.add(
        "memory of the poller, \(size.backlog) owed, under load", ours: "\(format(most[0], 1)) MiB", aim: "< 64 MiB")
    table.add("memory of the delivery process, the same", ours: "\(format(most[1], 1)) MiB", aim: "< 64 MiB")
}

/// A line of `/proc/<pid>/status`, in MiB.
func memory(_ process: CInt, _ name: String) throws -> Double {
    let text = String(decoding: try FileSystem.read("/proc/\(process)/status"), as: UTF8.self)
    for line in text.split(separator: "\n") where line.hasPrefix("\(name):") {
        let digits = line.filter(\.isNumber)
        if let kibibytes = Double(digits) { return kibibytes / 1024 }
    }
    throw DidNotHappen(description: "/proc says nothing of \(name)")
}

func children(of process: CInt) -> [CInt] {
    let bytes = (try? FileSystem.read("/proc/\(process)/task/\(process)/children")) ?? []
    return String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap { CInt($0) }
}
