import JSON
import Synchronization
import System
import TestSupport

/// A Python script of this folder that reads commands and answers each with a line. It ends when the last reference is
/// released.
final class Script: Sendable {
    private let process: Mutex<LineProcess>

    init(_ name: String, _ arguments: [String] = []) throws {
        let path = "\(FileSystem.parent(of: #filePath))/\(name)"
        let interpreter = try Python.interpreter()
        process = Mutex(
            try LineProcess(interpreter, [path] + arguments, environment: ProcessEnvironment.all, errorOutput: .null))
    }

    /// Reads the first line of a script that prints one when it is ready.
    func waitForLine() throws -> String { try process.withLock { try $0.readLine(seconds: 60) } }

    @discardableResult
    func ask(_ command: JSON) throws -> String {
        try process.withLock { process in
            try process.write(Array("\(command.encodedText)\n".utf8))
            return try process.readLine(seconds: 60)
        }
    }
}
