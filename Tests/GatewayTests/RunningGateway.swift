import Glibc
import JSON
import System
import TestSupport
import Testing

/// The real `postbacks-gateway` on an installation's database; it ends with the last reference to this object.
final class RunningGateway {
    private let process: ChildProcess
    private let folder: TemporaryFolder
    let port: UInt16

    /// `functions` is the folder of the functions. `shell` contains commands that the shell runs before it becomes the
    /// gateway.
    init(
        _ installation: Installation, functions: String = Programs.folder, arguments: [String] = [],
        environment: [String: String] = [:], shell: String = ":"
    ) throws {
        folder = try TemporaryFolder()
        let program = try #require(Programs.gateway)
        let log = try Descriptor.open("\(folder.path)/log", O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        let variables = installation.environment.merging(["POSTBACKS_FUNCTIONS": functions]) { $1 }
        process = try ChildProcess(
            "/bin/sh", ["-c", "\(shell); exec \"$0\" \"$@\"", program, "--port", "0"] + arguments,
            environment: Programs.environment(variables.merging(environment) { $1 }), output: .pipe,
            errorOutput: .descriptor(log))
        let path = "\(folder.path)/log"
        let line = try RunningGateway.firstLine(of: process) {
            (try? FileSystem.read(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
        let text = try #require(line.split(separator: ":").last)
        #expect(line.hasPrefix("listening on http://"))
        port = try #require(UInt16(text))
    }

    private static func firstLine(of process: ChildProcess, log: () -> String) throws -> String {
        var bytes: [UInt8] = []
        while !bytes.contains(UInt8(ascii: "\n")) {
            guard let output = process.output, case .bytes(let more) = try output.read(upTo: 4096) else {
                throw DidNotHappen(description: "the gateway listens, but: \(log())")
            }
            bytes += more
        }
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    /// The functions end when their inputs are closed, except those that hang.
    deinit {
        let functions = ChildProcesses.of(process.pid)
        _ = try? end(by: SIGKILL)
        for function in functions { Signals.send(SIGKILL, to: -function) }
    }

    var pid: CInt { process.pid }

    var log: String {
        get throws { String(decoding: try FileSystem.read("\(folder.path)/log", limit: 1 << 26), as: UTF8.self) }
    }

    func send(_ signal: CInt) { process.terminate(signal) }

    @discardableResult
    func end(by signal: CInt = SIGTERM) throws -> ChildProcess.ExitStatus {
        process.terminate(signal)
        return try process.wait()
    }

    /// Makes one request on a connection of its own.
    func request(
        _ method: String, _ target: String, _ headers: [String: String] = [:], body: [UInt8]? = nil
    ) throws -> HTTPAnswer {
        let connection = try HTTPTestConnection(port: port)
        try connection.send(method, target, headers, body: body)
        return try connection.receive(toHead: method == "HEAD")
    }

    /// Calls a function.
    func call(_ function: String, _ input: String, _ headers: [String: String] = [:]) throws -> HTTPAnswer {
        try request("POST", "/function/\(function)", headers, body: Array(input.utf8))
    }
}

extension Trait where Self == ConditionTrait {
    /// For suites that need the program postbacks-gateway.
    static var withGateway: Self {
        .enabled(
            if: Programs.gateway != nil,
            "postbacks-gateway was not built: ./Tests/run builds it, or ./local-runtime/build --gateway")
    }
}
