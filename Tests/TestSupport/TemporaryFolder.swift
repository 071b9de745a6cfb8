import Glibc
package import POSIX

/// A folder in `/tmp` that is removed with its last reference.
package final class TemporaryFolder: Sendable {
    package let path: String

    /// - Parameter mode: 0o711 lets the unprivileged user of root's server through.
    package init(mode: UInt32 = 0o711) throws(SystemError) {
        Self.removeLeftovers
        path = try FileSystem.makeTemporaryFolder("\(Self.prefix)\(getpid())-")
        try FileSystem.setMode(mode, of: path)
    }

    deinit {
        try? FileSystem.removeTree(path)
    }

    private static let prefix = "/tmp/postbacks-test-"

    /// Once in a process: ends and removes what test processes that were killed left.
    private static let removeLeftovers: Void = {
        for name in FileSystem.names(in: "/tmp") {
            let path = "/tmp/\(name)"
            guard path.hasPrefix(prefix), FileSystem.ownership(of: path)?.user == geteuid(),
                let process = path.dropFirst(prefix.count).split(separator: "-").first.flatMap({ Int($0) }),
                FileSystem.kind(of: "/proc/\(process)") == nil
            else { continue }
            // A server's current folder is its cluster.
            for signal in [SIGQUIT, SIGCONT] {
                for process in processes(under: path) { Signals.send(signal, to: process) }
            }
            try? waitUntil { processes(under: path).isEmpty }
            for process in processes(under: path) { Signals.send(SIGKILL, to: process) }
            // Nobody waits for it: a server's folder has a hundred thousand files.
            _ = try? ChildProcess("/bin/rm", ["-rf", path], output: .null, errorOutput: .null, ownGroup: true)
        }
    }()

    private static func processes(under folder: String) -> [CInt] {
        FileSystem.names(in: "/proc").compactMap { CInt($0) }.filter { process in
            FileSystem.resolve("/proc/\(process)/cwd")?.hasPrefix("\(folder)/") == true
        }
    }
}
