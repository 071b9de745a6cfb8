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

/// Calls of recordConversion that are a process each, beside psql, which runs the equivalent statement.
func measureOneShots(_ workbench: Workbench) throws {
    let psql = try Tools.find("psql")
    // psql sets what pgbench sets by itself.
    let script = "\(workbench.folder)/one_shot.sql"
    let statement = String(decoding: PackageResources.single_row_sql, as: UTF8.self)
        .split(separator: "\n").dropFirst().joined(separator: "\n")
        .split(separator: ":n::text", omittingEmptySubsequences: false).joined(separator: ":'n'")
    try FileSystem.write(statement, to: script)
    try workbench.base.clear()
    var ours = Calls()
    var theirs = Calls()
    for round in 0..<workbench.size.starts {
        let input = Array(
            World.lines(round..<round + 1, prefix: "s").dropFirst("{\"id\":\(round),\"input\":".utf8.count))
        try ours.time(
            Programs.path("recordConversion"), [], workbench.base.environment(), input: input.dropLast(2))
        try theirs.time(
            psql, ["-X", "-q", "-At", "-v", "n=p\(round)", "-f", script, workbench.base.connectionString],
            workbench.base.environment(), input: [])
    }
    let owed = try workbench.base.count("outbox")
    guard owed == 2 * workbench.size.starts else {
        throw VoidRun(description: "\(owed) owed after \(2 * workbench.size.starts) calls")
    }
    workbench.add(
        Figure(
            "conversion recorded by one process", ours.elapsed,
            limit: .init("psql, the same statement", theirs.elapsed),
            aim: .ratioAtMost(1)))
    workbench.add(
        Figure(
            "  its CPU time", ours.cpu, limit: .init("psql, the same statement", theirs.cpu), aim: .atMost(12)))
}

/// The times of processes that each make one call.
struct Calls {
    private var milliseconds: [Double] = []
    private var cpuMilliseconds: [Double] = []

    var elapsed: Measure { Calls.medians(milliseconds) }
    var cpu: Measure { Calls.medians(cpuMilliseconds) }

    /// The medians of each third of the calls, so that the spread is that of rounds and not that of single calls.
    private static func medians(_ values: [Double]) -> Measure {
        let third = max(1, values.count / 3)
        let rounds = stride(from: 0, to: third * 3, by: third).map { Array(values.dropFirst($0).prefix(third)) }
        return Measure(rounds.filter { !$0.isEmpty }.map { Measure($0, .milliseconds).median }, .milliseconds)
    }

    /// Runs a program until it has ended, and adds its times. `status` is the expected exit status; nil accepts any.
    mutating func time(
        _ program: String, _ arguments: [String], _ environment: [String: String], input: some Sequence<UInt8>,
        status: CInt? = 0
    ) throws {
        let bytes = Array(input)
        let cpuBefore = ProcessTimes.cpuOfEndedChildren()
        let start = Instant.now
        let outcome = try ChildProcess.run(
            program, arguments, environment: environment, input: bytes, timeout: .seconds(30))
        milliseconds.append(start.elapsed.milliseconds)
        cpuMilliseconds.append((ProcessTimes.cpuOfEndedChildren() - cpuBefore) / 1000)
        if let status, outcome.status != .exited(status) {
            throw DidNotHappen(description: "\(program): \(outcome.status) \(outcome.text)\(outcome.errorText)")
        }
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
