import ArgumentParser
import BenchmarkReport
import JSON
import System
import TestSupport

/// Measures the programs as they are shipped, each figure beside its limit or peer measured in the same run.
@main
struct Benchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Tests/Benchmarks/run",
        abstract: "Measure the programs, each figure beside a limit or peer of the same run.")

    @Argument(help: "An empty folder for the server's files.")
    var folder: String

    @Flag(help: "Measure less of each, and once.")
    var quick = false

    @Flag(
        help: "Measure with ten million owed and ten million finished deliveries; it takes an hour and 60 GB of disk.")
    var large = false

    @Option(help: "The number of owed and of finished deliveries of a large installation: 200,000 without it.")
    var backlog: Int?

    @Flag(help: "Print JSON instead of Markdown.")
    var json = false

    @Option(help: "The families of figures to measure, separated by commas: \(Family.names). Without it all but peers.")
    var only: String?

    func validate() throws {
        _ = try families
        if let backlog, backlog < 20_000 { throw ValidationError("--backlog takes at least 20000; not \(backlog)") }
    }

    private var families: [Family] {
        get throws {
            guard let only else { return Family.allCases.filter { $0 != .peers } }
            return try only.split(separator: ",").map { name in
                guard let family = Family(rawValue: String(name)) else {
                    throw ValidationError("--only takes names of \(Family.names); not \(name)")
                }
                return family
            }
        }
    }

    func run() throws {
        var isVoid = false
        do {
            var size = quick ? Size.quick : .full
            if large { size.backlog = Size.largeBacklog }
            if let backlog { size.backlog = backlog }
            let workbench = try Workbench(folder: folder, size: size)
            defer { workbench.close() }
            workbench.report.machine = try Machine.facts(workbench)
            for family in try families { measure(family, workbench) }
            if try !families.contains(.peers) {
                workbench.report.add(
                    .skipped("full outbox beside other queues", reason: "./Tests/Benchmarks/peers measures it"))
            }
            workbench.report.machine.append(("load at the end", Machine.loads))
            let text = json ? workbench.report.json.encodedText + "\n" : workbench.report.markdown
            try Descriptor.standardOutput.writeAll(Array(text.utf8))
            isVoid = workbench.report.voidCount > 0
        } catch {
            say("the benchmarks failed: \(error)")
            throw ExitCode(1)
        }
        if isVoid { throw ExitCode(1) }
    }

    /// A run whose ledger does not balance, or that fails, makes only its family void.
    private func measure(_ family: Family, _ workbench: Workbench) {
        say("\(family.rawValue):")
        do {
            try family.measure(workbench)
        } catch {
            say("  void: \(error)")
            workbench.report.add(.void(family.rawValue, reason: "\(error)"))
        }
    }
}

/// The amount of work in a measurement.
struct Size {
    /// The number of conversions recorded, and of deliveries made, in one round.
    let conversions: Int
    /// The number of rounds of each of the programs that are compared, which take turns.
    let rounds: Int
    /// How long each round of pgbench takes.
    let seconds: Int
    /// The number of owed deliveries, and of finished ones, of a large installation.
    var backlog: Int
    /// The number of calls of a program that is started for each.
    let starts: Int
    /// The number of dead rows that an old transaction keeps.
    let deadRows: Int
    let postbacks: Int

    static let largeBacklog = 10_000_000
    static let full = Size(
        conversions: 20_000, rounds: 3, seconds: 3, backlog: 200_000, starts: 60, deadRows: 1_000_000,
        postbacks: 100_000)
    static let quick = Size(
        conversions: 4_000, rounds: 1, seconds: 2, backlog: 20_000, starts: 10, deadRows: 50_000, postbacks: 10_000)
}
