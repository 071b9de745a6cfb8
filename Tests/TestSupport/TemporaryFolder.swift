import Glibc
package import POSIX

/// A folder in `/tmp`, or in memory, that is removed with its last reference.
package final class TemporaryFolder: Sendable {
    package let path: String

    /// - Parameters:
    ///   - mode: 0o711 lets the unprivileged user of root's server through.
    ///   - size: bytes that are better kept in memory, where the machine has twice as much to spare; nil for the disk.
    package init(mode: UInt32 = 0o711, inMemory size: Int? = nil) throws(SystemError) {
        Self.removeLeftovers
        let place = size.map { Self.hasMemory(2 * $0) } == true ? Self.memory : "/tmp"
        path = try FileSystem.makeTemporaryFolder("\(place)/\(Self.prefix)\(getpid())-")
        try FileSystem.setMode(mode, of: path)
    }

    deinit {
        try? FileSystem.removeTree(path)
    }

    private static let prefix = "postbacks-test-"
    /// A file system of Linux whose files are pages of memory.
    private static let memory = "/dev/shm"

    private static func hasMemory(_ bytes: Int) -> Bool {
        guard let space = FileSystem.space(at: memory), space.free >= bytes,
            let text = try? String(decoding: FileSystem.read("/proc/meminfo"), as: UTF8.self),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
            let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return false }
        return kibibytes >= bytes / 1024
    }

    /// Once in a process: ends and removes what test processes that were killed left.
    private static let removeLeftovers: Void = {
        for (place, name) in ["/tmp", memory].flatMap({ place in FileSystem.names(in: place).map { (place, $0) } }) {
            let path = "\(place)/\(name)"
            guard name.hasPrefix(prefix), FileSystem.ownership(of: path)?.user == geteuid(),
                let process = name.dropFirst(prefix.count).split(separator: "-").first.flatMap({ Int($0) }),
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
