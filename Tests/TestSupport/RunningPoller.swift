import Glibc
package import POSIX

/// `postbacks poll` on an installation's database, with short times. It ends with its last reference.
package final class RunningPoller {
    private let process: ChildProcess
    private let folder: TemporaryFolder?
    private let logPath: String

    /// - Parameters:
    ///   - command: `poll`, or `up` on a database that is there.
    ///   - shell: what the shell that becomes the poller does before.
    ///   - log: the file that its log is appended to; nil for one of its own.
    package init(
        _ installation: Installation, _ settings: [String: String] = [:], command: String = "poll",
        shell: String = ":", log path: String? = nil
    ) throws {
        folder = path == nil ? try TemporaryFolder() : nil
        logPath = path ?? "\(folder?.path ?? "")/log"
        let usual = [
            "POSTBACKS_TIMEOUT": "2", "POSTBACKS_LEASE": "12", "POSTBACKS_RETRY_SCHEDULE": "0.1,0.1",
            "POSTBACKS_FUNCTIONS": Programs.folder, "LOG_LEVEL": "debug",
        ]
        let environment = usual.merging(installation.environment) { $1 }.merging(settings) { $1 }
        let log = try Descriptor.open(logPath, O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        process = try ChildProcess(
            "/bin/sh", ["-c", "\(shell); exec \"$0\" \"$1\"", Programs.path("postbacks"), command],
            environment: Programs.environment(environment), output: .null, errorOutput: .descriptor(log))
    }

    deinit {
        process.terminate(SIGTERM)
        // One that is stopped takes no other signal.
        process.terminate(SIGCONT)
        try? waitUntil("the poller ends", timeoutSeconds: 20) { try process.poll() != nil }
        process.terminate(SIGKILL)
        _ = try? process.wait()
    }

    /// What it and its delivery process have logged.
    package var log: String {
        get throws { String(decoding: try FileSystem.read(logPath, limit: 1 << 26), as: UTF8.self) }
    }

    package var pid: CInt { process.pid }

    /// Whether it has not ended.
    package var isRunning: Bool { (try? process.poll()) == .some(nil) }

    /// Its warm deliverPostback.
    package var deliveryProcess: CInt? {
        FileSystem.names(in: "/proc").compactMap { CInt($0) }.first { candidate in
            guard let stat = try? FileSystem.read("/proc/\(candidate)/stat", limit: 4096) else { return false }
            let text = String(decoding: stat, as: UTF8.self)
            // The parent is the second field behind the name, which stands in parentheses and is cut to 15 characters.
            let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
            return text.contains("(deliverPostback") && fields.count > 1 && fields[1] == "\(process.pid)"
                && fields[0] != "Z"
        }
    }

    package func send(_ signal: CInt) { process.terminate(signal) }

    @discardableResult
    package func waitForEnd() throws -> ChildProcess.ExitStatus { try process.wait() }
}

extension Installation {
    /// Runs a poller while the body does what it does, and ends it afterwards.
    /// - Parameter settings: over the poller's usual ones.
    package func withPoller<Value>(
        _ settings: [String: String] = [:], log: String? = nil, _ body: (RunningPoller) throws -> Value
    ) throws -> Value {
        let poller = try RunningPoller(self, settings, log: log)
        return try withExtendedLifetime(poller) { try body(poller) }
    }
}
