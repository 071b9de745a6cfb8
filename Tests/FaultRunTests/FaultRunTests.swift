import System
import TestSupport
import TestThreads
import Testing

/// Runs some of the faults in their short form, with the program that injects all of them (`Tests/Faults/run`).
@Suite(.ownThreads) struct FaultRunTests {
    @Test(arguments: [
        "poller-killed", "delivery-process-killed", "recorder-killed", "postgres-killed", "sigterm", "sigstop",
        "delivery-prints-half-a-line", "connections-killed", "statement-timeout",
        "kept-connection-closed", "strange-bytes", "poison", "sequences-behind", "read-only", "copied-database",
        "failover", "history-dropped",
    ])
    func `every invariant holds after the fault`(name: String) throws {
        let outcome = try Programs.run("faults", ["--short", name], timeout: .seconds(600))
        #expect(outcome.status == .exited(0), "\(outcome.errorText)\n\(outcome.text)")
        #expect(outcome.text.split(separator: "\n").last?.contains("| held ") == true, "\(outcome.text)")
    }

    @Test func `a ledger that was falsified is detected, with the invariants and the ids`()
        throws
    {
        let outcome = try Programs.run("faults", ["--falsify"], timeout: .seconds(600))
        #expect(outcome.status == .exited(1), "\(outcome.errorText)")
        #expect(outcome.text.contains("BROKEN: I1 I11 I2 I5"), "\(outcome.text)")
        for breach in [
            "conversions were answered and are not there: 3\n", "deliveries were answered and are not there: 1\n",
            "more requests were seen than attempts are recorded: 2\n",
        ] {
            #expect(outcome.errorText.contains(breach), "\(outcome.errorText)")
        }
    }

    @Test func `an unknown fault is refused, and the list names all`() throws {
        #expect(try Programs.run("faults", ["no-such-fault"]).status == .exited(64))
        let list = try Programs.run("faults", ["--list"])
        #expect(list.status == .exited(0))
        #expect(list.text.contains("| kill-loop "))
    }
}
