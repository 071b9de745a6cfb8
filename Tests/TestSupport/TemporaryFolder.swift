import Glibc
package import System

/// A folder in `/tmp` or in memory that is removed when the last reference is released.
package final class TemporaryFolder: Sendable {
    package let path: String

    /// The mode 0o711 gives access to the unprivileged user that runs the server of root. `size` is the expected size
    /// in bytes. The folder is kept in memory if twice as much is free; nil always uses the disk.
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
    /// A Linux file system that keeps its files in memory.
    private static let memory = "/dev/shm"

    private static func hasMemory(_ bytes: Int) -> Bool {
        guard let space = FileSystem.space(at: memory), space.free >= bytes,
            let text = try? String(decoding: FileSystem.read("/proc/meminfo"), as: UTF8.self),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
            let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return false }
        return kibibytes >= bytes / 1024
    }

    /// Ends the processes and removes the folders that killed test processes left behind. It runs once in a process.
    private static let removeLeftovers: Void = {
        for (place, name) in ["/tmp", memory].flatMap({ place in FileSystem.names(in: place).map { (place, $0) } }) {
            let path = "\(place)/\(name)"
            guard name.hasPrefix(prefix), FileSystem.ownership(of: path)?.user == geteuid(),
                let process = name.dropFirst(prefix.count).split(separator: "-").first.flatMap({ Int($0) }),
                FileSystem.kind(of: "/proc/\(process)") == nil
            else { continue }
            // A server's working directory is its cluster.
            for signal in [SIGQUIT, SIGCONT] {
                for process in processes(under: path) { Signals.send(signal, to: process) }
            }
            try? waitUntil { processes(under: path).isEmpty }
            for process in processes(under: path) { Signals.send(SIGKILL, to: process) }
            // Nobody waits for the removal, because a server's folder has a hundred thousand files.
            _ = try? ChildProcess("/bin/rm", ["-rf", path], output: .null, errorOutput: .null, ownGroup: true)
        }
    }()

    private static func processes(under folder: String) -> [CInt] {
        FileSystem.names(in: "/proc").compactMap { CInt($0) }.filter { process in
            FileSystem.resolve("/proc/\(process)/cwd")?.hasPrefix("\(folder)/") == true
        }
    }
}
