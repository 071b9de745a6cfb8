import FaultLedger
import TestSupport

/// The table that is printed at the end, with one row for each fault.
struct FaultTable {
    private var table = TextTable([
        "fault", "rounds", "recorded", "owed", "sent", "repeats (allowed)", "unknown", "dead", "lost", "heals in",
        "p99 calm → fault", "verdict", "remark",
    ])
    private(set) var isBroken = false

    mutating func add(_ fault: Fault, _ outcome: Run.Outcome) {
        if case .skipped(let reason) = outcome.verdict {
            table.add([fault.name] + Array(repeating: "", count: 10) + ["skipped: \(reason)", ""])
            say("  skipped: \(reason)")
            return
        }
        let totals = outcome.totals
        let latencies = [outcome.latencies?.calm, outcome.latencies?.faulty].map { $0.map { format($0) } ?? "–" }
        let verdict =
            switch outcome.verdict {
            case .held: "held"
            case .broken(let breaches):
                "BROKEN: \(Set(breaches.map(\.invariant.rawValue)).sorted().joined(separator: " "))"
            case .failed(let reason): "FAILED: \(reason.prefix(200))"
            case .skipped: ""
            }
        if case .held = outcome.verdict {} else { isBroken = true }
        table.add([
            fault.name, "\(outcome.rounds)", "\(totals.recorded)", "\(totals.owed)", "\(totals.sent)",
            "\(totals.repeats) (\(outcome.allowedRepeats))", "\(totals.unknown)",
            "\(totals.states["dead", default: 0])",
            "\(totals.lost)", outcome.healSeconds.map { "\(format($0, 1)) s" } ?? "–",
            "\(latencies.joined(separator: " → ")) ms", verdict, outcome.remark,
        ])
        say("  \(verdict)")
    }

    func print() { table.print() }
}
