import Glibc
package import JSON
import System

/// AWS' emulator of Lambda with a function; it ends with the last reference.
package final class LambdaEmulator {
    private let child: ChildProcess
    private let folder: TemporaryFolder
    private let port: UInt16

    /// The path of the emulator.
    package static func program() throws -> String {
        let path = "\(Repository.root)/.build/aws-lambda-rie"
        guard Executable.isExecutable(path) else {
            throw DidNotHappen(description: "the Lambda emulator in .build; ./Tests/run installs it")
        }
        return path
    }

    /// `command` is the program that the emulator starts for the first call, with its arguments. `start` are the words
    /// before the emulator's own path, such as those of chroot; `program` is its path there.
    package init(
        command: [String], environment: [String: String], start: [String] = [], program: String? = nil
    ) throws {
        folder = try TemporaryFolder()
        // Two ports that are free now.
        port = try TCPListener().port
        let apiPort = try TCPListener().port
        let log = try Descriptor.open("\(folder.path)/log", O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        let words =
            start + [
                try program ?? LambdaEmulator.program(), "--log-level", "error",
                "--runtime-interface-emulator-address", "127.0.0.1:\(port)", "--runtime-api-address",
                "127.0.0.1:\(apiPort)",
            ] + command
        child = try ChildProcess(
            words[0], Array(words.dropFirst()), environment: Programs.environment(environment),
            output: .descriptor(log), errorOutput: .descriptor(log), ownGroup: true)
        try waitUntil("the emulator listens") { (try? Descriptor.connect(to: "127.0.0.1", port: port)) != nil }
    }

    deinit {
        child.terminate(SIGKILL, group: true)
        _ = try? child.wait()
    }

    package var log: String {
        (try? FileSystem.read("\(folder.path)/log")).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Calls the function and returns what the emulator answers.
    package func call(_ event: String) throws -> JSON {
        let connection = try Descriptor.connect(to: "127.0.0.1", port: port)
        let body = Array(event.utf8)
        try connection.writeAll(
            Array(
                """
                POST /2015-03-31/functions/function/invocations HTTP/1.1\r
                Host: localhost\r
                Connection: close\r
                Content-Length: \(body.count)\r
                \r

                """.utf8) + body)
        var answer: [UInt8] = []
        let deadline = Instant.now + .seconds(120)
        while deadline.remaining > .zero {
            _ = try wait(for: [.read(connection)], atMost: deadline.remaining)
            switch try connection.read(upTo: 1 << 20) {
            case .bytes(let bytes): answer += bytes
            case .wouldBlock: continue
            case .end:
                guard let end = answer.firstRange(of: Array("\r\n\r\n".utf8)),
                    let json = try? JSON(parsing: Array(answer[end.upperBound...]), depth: JSON.depthLimit + 8)
                else {
                    throw DidNotHappen(
                        description: "an answer in JSON, but \(String(decoding: answer, as: UTF8.self)) \(log)")
                }
                return json
            }
        }
        throw DidNotHappen(description: "the emulator's answer; \(log)")
    }
}
