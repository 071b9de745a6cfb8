import BenchmarkReport
import Domain
import Glibc
import Postgres
import Store
import System
import TestSupport

/// A large installation, with as many owed deliveries as finished ones and several hundred postbacks and destinations, beside one
/// with the same configuration that owes no more than is sent: the rate, the time of a claim, the first pages of all lists, the
/// memory and the sizes of the tables.
func measureBacklog(_ workbench: Workbench) throws {
    let size = workbench.size
    let receiver = try workbench.startReceiver(ports: 400)
    defer { receiver.end() }
    try measureRest(workbench)
    let urls = receiver.origins.map { "\($0)\(Workbench.target)" }
    let small = try workbench.makeWorld("small")
    let large = try workbench.makeWorld("large")
    for world in [small, large] { try world.configure(urls: urls) }
    try fill(large, size.backlog)
    let sizeBefore = try sizes(large)

    let count = size.conversions
    var rates: (small: [Double], large: [Double]) = ([], [])
    var claims: (small: [Double], large: [Double]) = ([], [])
    var most: [Drain] = []
    var delivered = 0
    for round in 0..<size.rounds {
        try small.clear()
        try small.owe(count, prefix: "s\(round)-")
        try small.settle()
        claims.small.append(try timeOfClaim(small))
        rates.small.append(try Drain.run(workbench, small, to: receiver, until: .empty(owed: count)).rate)
        try large.database.execute(script: "CHECKPOINT")
        claims.large.append(try timeOfClaim(large))
        let drain = try Drain.run(workbench, large, to: receiver, until: .after(count))
        rates.large.append(drain.rate)
        most.append(drain)
        delivered += drain.delivered
    }
    let owed = grouped(Double(size.backlog))
    workbench.add(
        Figure(
            "deliveries with \(owed) owed and \(owed) finished", Measure(rates.large, .perSecond),
            limit: .init("the same installation, almost empty", Measure(rates.small, .perSecond)),
            aim: .ratioAtLeast(0.8)))
    workbench.add(
        Figure(
            "  a claim of 256 rows for 16 destinations", Measure(claims.large, .milliseconds),
            limit: .init("the same installation, almost empty", Measure(claims.small, .milliseconds)),
            aim: .ratioAtMost(1.25)))
    for (name, part) in [
        ("the poller", \Drain.Memory.poller), ("deliverPostback", \.function),
        ("the session that claims, its own", \.session),
    ] as [(String, KeyPath<Drain.Memory, Double>)] {
        workbench.add(
            Figure(
                "memory with \(owed) owed: \(name)", Measure(most.map { $0.memory[keyPath: part] }, .mebibytes),
                aim: .atMost(64)))
    }
    addSizes(workbench, sizeBefore, try sizes(large), delivered: delivered)
    try measureLists(workbench, large, owed: owed)
    for name in ["small", "large"] { try workbench.drop(name) }
}

/// The memory of an idle poller and of its delivery process.
private func measureRest(_ workbench: Workbench) throws {
    try workbench.base.clear()
    let poller = try workbench.base.start("postbacks", ["poll"])
    defer { poller.end(SIGTERM) }
    _ = try wait(for: [], atMost: .milliseconds(1000))
    guard let function = ChildProcesses.of(poller.pid).first else {
        throw DidNotHappen(description: "there is no delivery process")
    }
    for (name, process) in [("the poller", poller.pid), ("deliverPostback", function)] {
        let memory = try ProcessTimes.memory(process, "VmRSS")
        workbench.add(Figure("memory at rest: \(name)", Measure([memory], .mebibytes), aim: .atMost(64)))
    }
}

/// Finishes `count` deliveries and owes as many, in parts, so that no transaction is huge.
private func fill(_ world: World, _ count: Int) throws {
    let part = 200_000
    for first in stride(from: 0, to: count, by: part) {
        try world.owe(min(part, count - first), prefix: "f\(first)-")
        try world.run(.finishDeliveries, ["offer": .text("o1")])
        if first % 2_000_000 == 0 { say("  \(grouped(Double(first))) of \(grouped(Double(count))) are finished") }
    }
    for first in stride(from: 0, to: count, by: part) {
        try world.owe(min(part, count - first), prefix: "o\(first)-")
        if first % 2_000_000 == 0 { say("  \(grouped(Double(first))) of \(grouped(Double(count))) are owed") }
    }
    try world.settle()
}

/// The median time in milliseconds of the poller's own claim, whose leases are given back at once. The claim is made in a session
/// like the poller's, and is rolled back.
private func timeOfClaim(_ world: World) throws -> Double {
    let session = try Connection(world.connectionString, applicationName: "benchmark")
    for setting in ["enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_hashjoin", "enable_mergejoin", "jit"]
    {
        try session.execute(script: "SET \(setting) = off")
    }
    try session.execute(script: "SET plan_cache_mode = force_generic_plan")
    let rows = try session.run(
        "SELECT DISTINCT destination_id FROM (SELECT destination_id FROM outbox LIMIT 2000) o LIMIT 16")
    let shares = rows.compactMap { $0.integer("destination_id") }.map { Outbox.Share(destination: $0, free: 16) }
    let claim = ClaimDeliveries(shares, lease: .seconds(60), orderHold: .seconds(600), schedule: .standard)
    var times: [Double] = []
    for _ in 0..<21 {
        try session.execute(script: "BEGIN")
        let start = Instant.now
        let answer = try session.run(claim)
        times.append(start.elapsed.milliseconds)
        try session.execute(script: "ROLLBACK")
        guard !answer.claims.isEmpty else { throw VoidRun(description: "a claim found nothing") }
    }
    try world.database.execute(script: "VACUUM outbox")
    return times.median
}

/// The bytes of each table, with its indexes apart.
private func sizes(_ world: World) throws -> [(table: String, rows: Int, indexes: Int)] {
    let rows = try world.database.run(
        """
        SELECT regexp_replace(relname, '_[0-9]{8}$|_other$', '') AS name, sum(pg_table_size(oid))::bigint AS heap,
            sum(pg_indexes_size(oid))::bigint AS indexes
        FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND relname ~ '^(conversions|events|outbox|deliveries|attempts_.*|attempt_counts_pending)$'
        GROUP BY 1 ORDER BY 1
        """)
    return rows.map { ($0.text("name") ?? "", $0.integer("heap") ?? 0, $0.integer("indexes") ?? 0) }
}

private func addSizes(
    _ workbench: Workbench, _ before: [(table: String, rows: Int, indexes: Int)],
    _ after: [(table: String, rows: Int, indexes: Int)], delivered: Int
) {
    let rows = zip(before, after).map { old, new in
        [
            new.table, Unit.megabytes.text(Double(old.rows) / 1e6), Unit.megabytes.text(Double(old.indexes) / 1e6),
            Unit.megabytes.text(Double(new.rows) / 1e6), Unit.megabytes.text(Double(new.indexes) / 1e6),
        ]
    }
    workbench.report.add(
        .init(
            "Tables of the large installation, before and after \(grouped(Double(delivered))) deliveries:",
            ["table", "rows before", "indexes before", "rows after", "indexes after"], rows))
}
