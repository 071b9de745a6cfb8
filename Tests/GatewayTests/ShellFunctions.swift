import Gateway
import Logging
import System
import TestSupport

/// A suite whose functions are shell scripts that speak the protocol of the warm mode.
protocol ShellFunctions {
    /// The folder of the scripts.
    var folder: TemporaryFolder { get }
    var metrics: GatewayMetrics { get }
}

extension ShellFunctions {
    /// A function that runs the script, with time limits that a busy machine does not reach.
    func program(
        _ name: String, _ script: String, _ change: (inout FunctionLimits) -> Void = { _ in }
    ) throws -> FunctionProgram {
        let path = "\(folder.path)/\(name)"
        try FileSystem.write("#!/bin/sh\n\(script)\n", to: path, mode: 0o755)
        var limits = FunctionLimits()
        limits.patience = .seconds(600)
        limits.silence = .seconds(1200)
        change(&limits)
        return FunctionProgram(name: name, path: path, environment: Programs.environment(), limits: limits)
    }

    func pool(_ programs: FunctionProgram...) throws -> FunctionPool {
        try FunctionPool(programs, metrics: metrics, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// The output of a call as text, or the status and the message of its refusal.
    func call(_ pool: FunctionPool, _ name: String, _ input: String = #"{"n":1}"#) async -> String {
        switch await pool.call(name, Array(input.utf8)) {
        case .success(let line):
            if case .output(let bytes) = line.content { return String(decoding: bytes, as: UTF8.self) }
            return "no output"
        case .failure(let refusal): return "\(refusal.status) \(refusal.message)"
        }
    }

    /// Whether a process was started again for this reason.
    func restarts(_ reason: String) -> Bool {
        metrics.text(waiting: [:], gauges: nil).contains(#"reason="\#(reason)"} "#)
    }
}
