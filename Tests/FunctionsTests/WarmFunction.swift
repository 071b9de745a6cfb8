import JSON
import System
import TestSupport

/// A warm function that is called line by line.
final class WarmFunction {
    private let process: ChildProcess
    private var buffer: [UInt8] = []

    init(_ function: String, _ installation: Installation) throws {
        process = try ChildProcess(
            Programs.path(function), ["--stream"], environment: Programs.environment(installation.environment),
            input: .pipe, output: .pipe, errorOutput: .null)
    }

    /// Sends a line, and returns the next line of output.
    func ask(_ line: String) throws -> JSON {
        try send(line)
        return try answer()
    }

    func send(_ line: String) throws {
        try process.input?.writeAll(Array("\(line)\n".utf8))
    }

    /// The next line of output.
    func answer() throws -> JSON {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                defer { buffer.removeFirst(end + 1) }
                return try JSON(parsing: Array(buffer[..<end]), depth: JSON.depthLimit + 8)
            }
            guard case .bytes(let more)? = try process.output?.read(upTo: 65536) else {
                throw DidNotHappen(description: "an answer")
            }
            buffer += more
        }
    }

    /// Closes its input, and waits for its end.
    func end() throws -> ChildProcess.ExitStatus {
        process.input = nil
        return try process.wait()
    }
}
