import Glibc
import JSON
import Synchronization
import System
import TestSupport

/// The real `postbacks lambda-bootstrap` against a stand-in of the Runtime API; it ends with the last reference.
final class RunningBootstrap {
    let api: RuntimeStandIn
    private let child: ChildProcess
    private let folder: TemporaryFolder
    private var count = 0

    init(
        _ function: String, environment: [String: String] = [:], arguments: [String] = [],
        api: RuntimeStandIn? = nil
    ) throws {
        self.api = try api ?? RuntimeStandIn()
        folder = try TemporaryFolder()
        let log = try Descriptor.open("\(folder.path)/log", O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        let variables = [
            "AWS_LAMBDA_RUNTIME_API": self.api.address, "POSTBACKS_FUNCTIONS": Programs.folder, "LOG_LEVEL": "debug",
        ]
        child = try ChildProcess(
            Programs.path("postbacks"), ["lambda-bootstrap", function] + arguments,
            environment: Programs.environment(variables.merging(environment) { $1 }), output: .null,
            errorOutput: .descriptor(log), ownGroup: true)
    }

    deinit {
        child.terminate(SIGKILL)
        _ = try? child.wait()
    }

    /// The lines of its log so far.
    var log: String { (try? FileSystem.read("\(folder.path)/log")).map { String(decoding: $0, as: UTF8.self) } ?? "" }

    /// Gives it a call and waits for the report.
    func call(_ event: [UInt8], time: Int64? = 60_000, traceID: String? = nil) throws -> RuntimeStandIn.Report {
        count += 1
        let id = "call-\(count)"
        api.give(RuntimeStandIn.Call(id: id, event: event, time: time, traceID: traceID))
        return try api.report(of: id)
    }

    func call(_ event: JSON, time: Int64? = 60_000) throws -> RuntimeStandIn.Report {
        try call(event.bytes, time: time)
    }

    /// Waits until it has ended.
    func status() throws -> ChildProcess.ExitStatus {
        var status: ChildProcess.ExitStatus?
        try waitUntil("the end of the bootstrap") {
            status = try child.poll()
            return status != nil
        }
        return try child.wait()
    }

    func terminate(_ signal: CInt) { child.terminate(signal) }

    /// The processes that it has started and that run.
    var functions: [CInt] { ChildProcesses.of(child.pid) }
}
