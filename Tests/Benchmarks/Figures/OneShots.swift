import BenchmarkReport
import Glibc
import Postgres
import System
import TestSupport

/// Calls of recordConversion that are a process each, beside psql, which runs the statement of recordConversion, and beside psql
/// with the statement of pgbench, which records one new conversion and looks for no repeat, goal or known click.
func measureOneShots(_ workbench: Workbench) throws {
    let psql = try Tools.find("psql")
    let scripts = try [same: sameStatement(), simpler: simplerStatement()].map { name, text in
        let path = "\(workbench.folder)/\(name.split(separator: " ").joined(separator: "_")).sql"
        try FileSystem.write(text, to: path)
        return (name: name, path: path)
    }
    try workbench.base.clear()
    var ours = Calls()
    var theirs: [String: Calls] = [:]
    for round in 0..<workbench.size.starts {
        let input = Array(
            World.lines(round..<round + 1, prefix: "s").dropFirst("{\"id\":\(round),\"input\":".utf8.count))
        try ours.time(
            Programs.path("recordConversion"), [], workbench.base.environment(), input: input.dropLast(2))
        for script in scripts {
            try theirs[script.name, default: Calls()].time(
                psql,
                [
                    "-X", "-q", "-At", "-v", "n=\(script.name)\(round)", "-f", script.path,
                    workbench.base.connectionString,
                ],
                workbench.base.environment(), input: [])
        }
    }
    let owed = try workbench.base.count("outbox")
    guard owed == 3 * workbench.size.starts else {
        throw VoidRun(description: "\(owed) owed after \(3 * workbench.size.starts) calls")
    }
    for (index, name) in [same, simpler].enumerated() {
        guard let theirs = theirs[name] else { continue }
        let isFirst = index == 0
        workbench.add(
            Figure(
                isFirst ? "conversion recorded by one process" : "  the same", ours.elapsed,
                limit: .init("psql, \(name)", theirs.elapsed), aim: isFirst ? .ratioAtMost(1) : nil))
        workbench.add(
            Figure(
                "  its CPU time", ours.cpu, limit: .init("psql, \(name)", theirs.cpu), aim: isFirst ? .atMost(12) : nil)
        )
    }
}

private let same = "the same statement"
private let simpler = "a simpler statement"

/// A script for psql: the statement of recordConversion with the conversion of `World.lines`, whose ids are psql's variable n.
private func sameStatement() throws -> String {
    let statement = Statement(
        name: "record_conversions", text: try Repository.text("Sources/Store/SQL/Conversions/record_conversions.sql"))
    let values = [
        "offer_ids": "'{o1}'", "affiliate_ids": "'{a1}'", "transaction_ids": "ARRAY[:'n']", "click_ids": "ARRAY[:'n']",
        "statuses": "'{done}'", "payouts": "'{1.50}'", "currencies": "'{USD}'",
        "params": #"ARRAY['{"sub1":"s1"}']"#, "silent": "'{false}'",
    ]
    let arguments = statement.parameterNames.map { values[$0] ?? "'{NULL}'" }.joined(separator: ", ")
    return "PREPARE record AS \(statement.sql);\nEXECUTE record(\(arguments));\n"
}

/// The script of pgbench for psql, which knows no random numbers.
private func simplerStatement() -> String {
    String(decoding: PackageResources.single_row_sql, as: UTF8.self)
        .split(separator: "\n").dropFirst().joined(separator: "\n")
        .split(separator: ":n::text", omittingEmptySubsequences: false).joined(separator: ":'n'")
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
