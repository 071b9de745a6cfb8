import System

/// A small file system in memory that is mounted on a folder, so that it can become full.
final class MemoryDisk {
    private let path: String
    private var isMounted = false

    /// `size` is a size such as `320m`. Throws `Skipped` if mounting is not allowed.
    init(at path: String, size: String) throws {
        self.path = path
        guard User.isRoot, let mount = Executable.find("mount") else {
            throw Skipped(reason: "only root can mount a small disk")
        }
        try FileSystem.makeFolder(path, mode: 0o711)
        let outcome = try ChildProcess.run(
            mount, ["-t", "tmpfs", "-o", "size=\(size),mode=711", "tmpfs", path], timeout: .seconds(30))
        guard outcome.status == .exited(0) else {
            throw Skipped(reason: "a small disk cannot be mounted here: \(outcome.errorText.prefix { $0 != "\n" })")
        }
        isMounted = true
    }

    deinit { unmount() }

    func unmount() {
        guard isMounted, let umount = Executable.find("umount") else { return }
        isMounted = false
        _ = try? ChildProcess.run(umount, ["-l", path], timeout: .seconds(30))
    }
}
