import ArgumentParser
import System
import TestSupport

/// Injects faults into the real programs and checks the ledger after each.
@main
struct Faults: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Tests/Faults/run",
        abstract: "Inject faults into the real programs under load, and check the ledger after each.",
        discussion: "The groups: \(Fault.Group.allCases.map(\.rawValue).joined(separator: ", "))")

    @Flag(help: "Do less of each fault, as the tests do.")
    var short = false

    @Option(help: "How long the faults that loop for a time do so.")
    var minutes: Double?

    @Option(help: "The seed of the random choices; it repeats an earlier run.")
    var seed: UInt64 = SeededRandom.seed

    @Flag(help: "Name the faults, and inject none.")
    var list = false

    @Flag(help: "Falsify the books of a run, which the ledger must find out.")
    var falsify = false

    @Argument(help: "The faults or groups; all faults if none is given.")
    var names: [String] = []

    func validate() throws {
        if let minutes, !(minutes > 0) { throw ValidationError("--minutes must be more than 0") }
        for name in names where Faults.named(name).isEmpty {
            throw ValidationError("there is no fault or group \(name); --list names them")
        }
    }

    func run() throws {
        Signals.ignorePipe()
        if list { return Faults.printList() }
        say("seed \(seed)")
        let effort = Effort(isShort: short, minutes: minutes, seed: seed)
        let chosen = (falsify ? [Fault.falsification] : []) + names.flatMap(Faults.named)
        var table = FaultTable()
        for fault in chosen.isEmpty ? Fault.all : chosen {
            say("\(fault.name): \(fault.injects)")
            table.add(fault, Run(fault: fault, effort: effort)())
        }
        table.print()
        if table.isBroken { throw ExitCode(1) }
    }

    /// The fault with that name, or the faults of that group.
    private static func named(_ name: String) -> [Fault] {
        Fault.all.filter { $0.name == name || $0.group.rawValue == name }
    }

    private static func printList() {
        var list = TextTable(["fault", "group", "what is injected"])
        for fault in Fault.all { list.add([fault.name, fault.group.rawValue, fault.injects]) }
        list.print()
    }
}
