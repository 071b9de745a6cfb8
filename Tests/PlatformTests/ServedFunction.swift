import Glibc
import Postgres
import System
import TestSupport

/// `postbacks serve --function`, until the last reference is released.
final class ServedFunction {
    private let process: LineProcess
    let port: UInt16

    /// `shell` contains commands that the shell runs before it becomes the program.
    init(
        _ function: String, _ installation: Installation, arguments: [String] = [],
        environment: [String: String] = [:], functions: String = Programs.folder, shell: String = ":"
    ) throws {
        let variables = installation.environment.merging(["POSTBACKS_FUNCTIONS": functions]) { $1 }
        process = try LineProcess(
            "/bin/sh",
            ["-c", "\(shell); exec \"$0\" \"$@\"", Programs.path("postbacks"), "serve", "--function", function]
                + (environment["PORT"] == nil ? ["--port", "0"] : []) + arguments,
            environment: Programs.environment(variables.merging(environment) { $1 }), errorOutput: .null)
        let line = try process.readLine(seconds: 60)
        guard line.hasPrefix("listening on http://"), let port = line.split(separator: ":").last.flatMap({ UInt16($0) })
        else { throw DidNotHappen(description: "a port in the first line, but: \(line)") }
        self.port = port
    }

    var pid: CInt { process.pid }

    func connect() throws -> HTTPTestConnection { try HTTPTestConnection(port: port) }

    func call(_ body: String, _ headers: [String: String] = [:]) throws -> HTTPAnswer {
        let connection = try connect()
        try connection.send("POST", "/", headers, body: Array(body.utf8))
        return try connection.receive()
    }

    func send(_ signal: CInt) { Signals.send(signal, to: process.pid) }

    /// Waits until it has ended.
    func waitForEnd() throws {
        try waitUntil("it ends") { try process.hasEnded }
    }
}
