import Glibc
package import System

/// Runs `postbacks poll` on an installation's database, with short times. It ends when the last reference is released.
package final class RunningPoller {
    private let process: ChildProcess
    private let folder: TemporaryFolder?
    private let logPath: String

    /// `command` is `poll`, or `up` on an existing database. `shell` contains commands that the shell runs before it
    /// becomes the poller. `wrapper` is a command line that runs the shell, such as `ip netns exec NAME`. `log` is a file
    /// that the log is appended to; nil for a temporary one.
    package init(
        _ installation: Installation, _ settings: [String: String] = [:], command: String = "poll",
        shell: String = ":", wrapper: [String] = [], log path: String? = nil
    ) throws {
        folder = path == nil ? try TemporaryFolder() : nil
        logPath = path ?? "\(folder?.path ?? "")/log"
        let usual = [
            "POSTBACKS_TIMEOUT": "2", "POSTBACKS_LEASE": "12", "POSTBACKS_RETRY_SCHEDULE": "0.1,0.1",
            "POSTBACKS_FUNCTIONS": Programs.folder, "LOG_LEVEL": "debug",
        ]
        let environment = usual.merging(installation.environment) { $1 }.merging(settings) { $1 }
        let log = try Descriptor.open(logPath, O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        let words =
            wrapper + ["/bin/sh", "-c", "\(shell); exec \"$0\" \"$@\"", Programs.path("postbacks"), command]
            + (command == "up" ? ["--no-gateway"] : [])
        process = try ChildProcess(
            words[0], Array(words.dropFirst()), environment: Programs.environment(environment), output: .null,
            errorOutput: .descriptor(log))
    }

    deinit {
        process.terminate(SIGTERM)
        // A stopped process handles SIGTERM only after SIGCONT.
        process.terminate(SIGCONT)
        try? waitUntil("the poller ends", timeoutSeconds: 20) { try process.poll() != nil }
        process.terminate(SIGKILL)
        _ = try? process.wait()
    }

    /// The log of the poller and of its delivery process.
    package var log: String {
        get throws { String(decoding: try FileSystem.read(logPath, limit: 1 << 26), as: UTF8.self) }
    }

    package var pid: CInt { process.pid }

    /// Whether the poller still runs.
    package var isRunning: Bool { (try? process.poll()) == .some(nil) }

    /// The process id of its warm deliverPostback; nil if there is none.
    package var deliveryProcess: CInt? {
        FileSystem.names(in: "/proc").compactMap { CInt($0) }.first { candidate in
            guard let stat = try? FileSystem.read("/proc/\(candidate)/stat", limit: 4096) else { return false }
            let text = String(decoding: stat, as: UTF8.self)
            // The parent's id is the second field after the name, which is in parentheses and cut to 15 characters.
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
    /// Runs a poller while the closure runs, and ends it afterwards. `settings` overrides the usual settings of the
    /// poller. `command` is `poll`, or `up` on an existing database.
    package func withPoller<Value>(
        _ settings: [String: String] = [:], command: String = "poll", log: String? = nil,
        _ body: (RunningPoller) throws -> Value
    ) throws -> Value {
        let poller = try RunningPoller(self, settings, command: command, log: log)
        return try withExtendedLifetime(poller) { try body(poller) }
    }

    /// Runs several pollers while the closure runs, and ends them afterwards.
    package func withPollers(_ count: Int, _ settings: [String: String] = [:], _ body: () throws -> Void) throws {
        let pollers = try (0..<count).map { _ in try RunningPoller(self, settings) }
        try withExtendedLifetime(pollers, body)
    }
}
