import BenchmarkReport
import Glibc
import System
import TestSupport

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
