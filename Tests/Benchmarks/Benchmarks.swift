import ArgumentParser
import System
import TestSupport

/// Measures the programs as they are shipped, each figure beside its limit measured in the same run.
@main
struct Benchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Tests/Benchmarks/run",
        abstract: "Measure the programs, each figure beside a limit of the same run.")

    @Argument(help: "An empty folder for the server's files.")
    var folder: String

    @Flag(help: "Measure less of each, and once.")
    var quick = false

    func run() throws {
        do {
            let size = quick ? Size.quick : .full
            let workbench = try Workbench(folder: folder)
            defer { workbench.close() }
            var table = Table()
            try measureRecording(workbench, size, &table)
            try measureDelivery(workbench, size, &table)
            try measureLatency(workbench, size, &table)
            try measureMemory(workbench, size, &table)
            try measureStarts(workbench, size, &table)
            table.print()
        } catch {
            say("the benchmarks failed: \(error)")
            throw ExitCode(1)
        }
    }
}

/// The number of operations in a measurement.
struct Size {
    /// The number of conversions recorded, and of deliveries made, in one round.
    let conversions: Int
    /// The number of rounds of each of two compared programs.
    let rounds: Int
    let seconds: Int
    /// The number of owed deliveries when memory is measured.
    let backlog: Int
    let starts: Int

    static let full = Size(conversions: 20_000, rounds: 3, seconds: 5, backlog: 100_000, starts: 100)
    static let quick = Size(conversions: 4_000, rounds: 1, seconds: 2, backlog: 20_000, starts: 20)
}
