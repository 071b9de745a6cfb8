import Glibc
import JSON
import System
import TestSupport

/// Runs `platform.py`, which calls the real deliverPostback, until it is killed or the last reference is released.
final class Platform {
    let port: Int
    private let child: ChildProcess
    private let folder: TemporaryFolder

    /// `environment` is that of the functions, the key included.
    init(_ environment: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        let variables = Python.environment.merging(Programs.environment(environment)) { $1 }
        child = try ChildProcess(
            try Python.interpreter(),
            ["\(FileSystem.parent(of: #filePath))/platform.py", Programs.path("deliverPostback"), folder.path],
            environment: variables, input: .pipe, output: .pipe, ownGroup: true)
        var line: [UInt8] = []
        while line.last != 0x0A, case .bytes(let bytes)? = try child.output?.read(upTo: 64) { line += bytes }
        guard let port = Int(String(decoding: line.dropLast(), as: UTF8.self)) else {
            throw DidNotHappen(description: "the platform starts")
        }
        self.port = port
    }

    deinit { kill() }

    var url: String { "http://127.0.0.1:\(port)/function/deliverpostback" }

    /// Ends the platform with all calls that are under way, and the function with it.
    func kill() {
        child.terminate(SIGKILL, group: true)
        _ = try? child.wait()
    }

    /// The treatment of calls from now on; see `platform.py`.
    func become(_ mode: String) throws { try FileSystem.write(mode, to: "\(folder.path)/mode") }

    /// The calls so far: objects with the members `line`, `headers` and `body`.
    var calls: [JSON] {
        get throws {
            guard let bytes = try? FileSystem.read("\(folder.path)/calls") else { return [] }
            return bytes.split(separator: UInt8(ascii: "\n")).compactMap { try? JSON(parsing: Array($0)) }
        }
    }
}
