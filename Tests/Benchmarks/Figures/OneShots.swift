import BenchmarkReport
import Postgres
import System
import TestSupport

/// Calls of recordConversion that are a process each, beside psql, which runs the statement of recordConversion, and beside psql
/// with the statement of pgbench, which records one new conversion and looks for no repeat, goal or known click.
func measureOneShots(_ workbench: Workbench) throws {
    let psql = try Tools.find("psql")
    func script(_ name: String, _ text: String) throws -> String {
        let path = "\(workbench.folder)/\(name).sql"
        try FileSystem.write(text, to: path)
        return path
    }
    let sameScript = try script("same_statement", sameStatement())
    let simplerScript = try script("simpler_statement", simplerStatement())
    try workbench.base.clear()
    let environment = workbench.base.environment()
    func arguments(_ script: String, id: String) -> [String] {
        ["-X", "-q", "-At", "-v", "n=\(id)", "-f", script, workbench.base.connectionString]
    }
    var (ours, same, simpler) = (Calls(), Calls(), Calls())
    for round in 0..<workbench.size.starts {
        let input = Array(
            World.lines(round..<round + 1, prefix: "s").dropFirst("{\"id\":\(round),\"input\":".utf8.count))
        try ours.time(Programs.path("recordConversion"), [], environment, input: input.dropLast(2))
        try same.time(psql, arguments(sameScript, id: "same\(round)"), environment, input: [])
        try simpler.time(psql, arguments(simplerScript, id: "simpler\(round)"), environment, input: [])
    }
    let owed = try workbench.base.count("outbox")
    guard owed == 3 * workbench.size.starts else {
        throw VoidRun(description: "\(owed) owed after \(3 * workbench.size.starts) calls")
    }
    let (first, second) = ("psql, the same statement", "psql, a simpler statement")
    workbench.add(
        Figure(
            "conversion recorded by one process", ours.elapsed, limit: .init(first, same.elapsed),
            aim: .ratioAtMost(1)))
    workbench.add(Figure("  its CPU time", ours.cpu, limit: .init(first, same.cpu), aim: .atMost(12)))
    workbench.add(Figure("  the same", ours.elapsed, limit: .init(second, simpler.elapsed)))
    workbench.add(Figure("  its CPU time", ours.cpu, limit: .init(second, simpler.cpu)))
}

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
