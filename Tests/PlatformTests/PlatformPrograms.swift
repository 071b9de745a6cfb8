import Glibc
import System
import TestSupport

/// The platforms' own programs, as `Tests/run` takes them out of Debian's packages.
enum PlatformPrograms {
    static let folder = "\(Repository.root)/.build/platforms"

    /// The path of a program; `Tests/run` puts it into `folder`.
    static func find(_ name: String) throws -> String {
        let folders = ["usr/sbin", "usr/bin", "bin"].map { "\(folder)/\($0)" } + ["/usr/sbin", "/usr/bin", "/bin"]
        guard let path = Executable.find(name, searchPath: folders.joined(separator: ":")) else {
            throw DidNotHappen(description: "a program \(name); ./Tests/run installs it")
        }
        return path
    }

    /// The environment of such a program, with the libraries that were taken out beside it.
    static func environment(_ variables: [String: String] = [:]) -> [String: String] {
        let libraries = ["usr/lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu"].map { "\(folder)/\($0)" }
        return Programs.environment(["LD_LIBRARY_PATH": libraries.joined(separator: ":")].merging(variables) { $1 })
    }

    /// A port that is free now, for programs that cannot let the system choose one. Another program may take it
    /// meanwhile.
    static func freePort() throws -> UInt16 { try TCPListener().port }
}

/// A server that runs until the last reference is released, with the children that it has then.
final class RunningServer {
    private let child: ChildProcess
    let folder: TemporaryFolder

    /// Starts it and waits until a connection can be made to the socket `socket` in its folder, or to the port.
    /// `arguments` gets the path of the folder.
    init(
        _ program: String, in folder: TemporaryFolder, environment: [String: String] = [:], arguments: [String],
        isReady: (_ folder: String) throws -> Bool
    ) throws {
        self.folder = folder
        let log = try Descriptor.open("\(folder.path)/\(program).log", O_WRONLY | O_CREAT | O_APPEND)
        child = try ChildProcess(
            try PlatformPrograms.find(program), arguments, environment: PlatformPrograms.environment(environment),
            output: .descriptor(log), errorOutput: .descriptor(log))
        let (path, child) = (folder.path, child)
        try waitUntil("\(program) listens") {
            guard try child.poll() == nil else {
                let text = String(decoding: try FileSystem.read("\(path)/\(program).log"), as: UTF8.self)
                throw DidNotHappen(description: "\(program) runs, but: \(text)")
            }
            return try isReady(path)
        }
    }

    deinit {
        let children = ChildProcesses.of(child.pid)
        child.terminate()
        _ = try? child.wait()
        // fcgiwrap's children outlive it.
        for process in children { Signals.send(SIGKILL, to: process) }
    }
}
