import Glibc
import POSIX
import TestSupport

/// Injects faults into the real programs and checks the ledger after each.
@main
struct Faults {
    static let usage = """
        usage: Tests/Faults/run [--short] [--minutes N] [--seed N] [--list] [FAULT or GROUP …]
        groups: \(Fault.Group.allCases.map(\.rawValue).joined(separator: ", "))
        """

    static func main() {
        Signals.ignorePipe()
        guard let arguments = Arguments(Array(CommandLine.arguments.dropFirst())) else {
            say(usage)
            exit(64)
        }
        if arguments.isListing {
            var list = TextTable(["fault", "group", "what is injected"])
            for fault in Fault.all { list.add([fault.name, fault.group.rawValue, fault.injects]) }
            list.print()
            return
        }
        say("seed \(arguments.effort.seed)")
        var table = FaultTable()
        for fault in arguments.faults {
            say("\(fault.name): \(fault.injects)")
            table.add(fault, Run(fault: fault, effort: arguments.effort)())
        }
        table.print()
        exit(table.isBroken ? 1 : 0)
    }
}

/// What was asked for.
private struct Arguments {
    var effort = Effort(seed: SeededRandom.seed)
    var isListing = false
    var faults: [Fault] = []

    /// Nil for what is not understood.
    init?(_ words: [String]) {
        var words = words[...]
        while let word = words.popFirst() {
            switch word {
            case "--short": effort.isShort = true
            case "--list": isListing = true
            case "--minutes":
                guard let minutes = words.popFirst().flatMap(Double.init), minutes > 0 else { return nil }
                effort.minutes = minutes
            case "--seed":
                guard let seed = words.popFirst().flatMap({ UInt64($0) }) else { return nil }
                effort.seed = seed
            default:
                let found = Fault.all.filter { $0.name == word || $0.group.rawValue == word }
                guard !found.isEmpty else {
                    say("there is no fault or group \(word)")
                    return nil
                }
                faults += found
            }
        }
        if faults.isEmpty { faults = Fault.all }
    }
}
