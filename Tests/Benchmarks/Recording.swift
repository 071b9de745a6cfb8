import Glibc
import System
import TestSupport

/// Conversions recorded per second through one warm recordConversion, each with an event and an owed delivery; beside
/// pgbench, which does the same by one row in one prepared statement.
func measureRecording(_ workbench: Workbench, _ size: Size, _ table: inout Table) throws {
    say("recording: \(size.rounds) rounds")
    let script = "\(workbench.folder)/single_row.sql"
    try FileSystem.write(String(decoding: PackageResources.single_row_sql, as: UTF8.self), to: script)
    var ours: [Double] = []
    var single: [Double] = []
    var eight: [Double] = []
    for round in 0..<size.rounds {
        try workbench.clear()
        single.append(try pgbench(workbench, script, clients: 1, seconds: size.seconds))
        try workbench.clear()
        ours.append(try record(workbench, size.conversions, prefix: "r\(round)"))
        try workbench.clear()
        eight.append(try pgbench(workbench, script, clients: 8, seconds: size.seconds))
    }
    table.add(
        "conversions recorded, one stream", ours: "\(format(ours.median))/s",
        limit: "\(format(single.median))/s, single rows, 1 client",
        ratio: ours.median / single.median, aim: "≥ 2")
    table.add(
        "  the same", ours: "\(format(ours.median))/s", limit: "\(format(eight.median))/s, single rows, 8 clients",
        ratio: ours.median / eight.median)
}

/// Records this number of conversions through one stream.
/// - Returns: how many a second.
@discardableResult
func record(_ workbench: Workbench, _ count: Int, prefix: String) throws -> Double {
    let recorder = try workbench.start("recordConversion", ["--stream"])
    defer { recorder.end(SIGTERM) }
    // The function connects at the first line.
    try recorder.exchange(Workbench.lines(0..<1, prefix: prefix), lines: 1, seconds: 30)
    let lines = Workbench.lines(1..<count, prefix: prefix)
    let start = Instant.now
    try recorder.exchange(lines, lines: count - 1, seconds: 120)
    let elapsed = start.elapsed.seconds
    let owed = try workbench.count("outbox")
    guard owed >= count else { throw DidNotHappen(description: "\(owed) owed after \(count) conversions") }
    return Double(count - 1) / elapsed
}

private func pgbench(_ workbench: Workbench, _ script: String, clients: Int, seconds: Int) throws -> Double {
    guard
        let program = Executable.find("pgbench") ?? Executable.find("pgbench", searchPath: "/usr/lib/postgresql/15/bin")
    else {
        throw DidNotHappen(description: "pgbench is not in PATH; it comes with PostgreSQL")
    }
    let outcome = try ChildProcess.run(
        program,
        [
            "-n", "-M", "prepared", "-c", "\(clients)", "-j", "1", "-T", "\(seconds)", "-f", script,
            workbench.connectionString,
        ],
        environment: workbench.environment(), timeout: .seconds(seconds + 30))
    // "tps = 1234.567890 (without initial connection time)"
    for line in outcome.text.split(separator: "\n") where line.hasPrefix("tps = ") {
        if let value = Double(line.dropFirst(6).prefix { $0 != " " }) { return value }
    }
    throw DidNotHappen(description: "pgbench: \(outcome.text)\(outcome.errorText)")
}
