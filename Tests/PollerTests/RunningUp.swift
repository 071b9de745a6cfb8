import Glibc
import System
import TestSupport

/// `postbacks up` with its own home folder; it ends with the last reference to this object.
final class RunningUp {
    let folder: TemporaryFolder
    private let process: ChildProcess
    /// The variables for other programs that use the same home folder and functions.
    let environment: [String: String]

    var home: String { "\(folder.path)/home" }

    /// Waits until it runs.
    init(_ environment: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        self.environment = ["POSTBACKS_HOME": "\(folder.path)/home", "POSTBACKS_FUNCTIONS": Programs.folder]
        let log = try Descriptor.open("\(folder.path)/log", O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        process = try ChildProcess(
            Programs.path("postbacks"), ["up", "--no-gateway"],
            environment: Programs.environment(self.environment.merging(environment) { $1 }), output: .null,
            errorOutput: .descriptor(log))
        try waitUntil("it runs", timeoutSeconds: 120) {
            if try process.poll() != nil { throw DidNotHappen(description: try self.log) }
            return try self.log.contains("poller started")
        }
    }

    deinit { _ = try? end() }

    var log: String {
        get throws { String(decoding: try FileSystem.read("\(folder.path)/log"), as: UTF8.self) }
    }

    @discardableResult
    func end(by signal: CInt = SIGTERM) throws -> ChildProcess.ExitStatus {
        process.terminate(signal)
        return try process.wait()
    }
}
