import Glibc
import System

/// `postbacks serve --function`, until the last reference is released.
package final class ServedFunction {
    private let process: LineProcess
    package let port: UInt16

    /// Port 0 lets the system choose one. `shell` contains commands that the shell runs before it becomes the program.
    package init(
        _ function: String, _ installation: Installation, port: UInt16 = 0, arguments: [String] = [],
        environment: [String: String] = [:], functions: String = Programs.folder, shell: String = ":"
    ) throws {
        let variables = installation.environment.merging(["POSTBACKS_FUNCTIONS": functions]) { $1 }
        process = try LineProcess(
            "/bin/sh",
            ["-c", "\(shell); exec \"$0\" \"$@\"", Programs.path("postbacks"), "serve", "--function", function]
                + (environment["PORT"] == nil ? ["--port", "\(port)"] : []) + arguments,
            environment: Programs.environment(variables.merging(environment) { $1 }), errorOutput: .null)
        let line = try process.readLine(seconds: 60)
        guard line.hasPrefix("listening on http://"), let port = line.split(separator: ":").last.flatMap({ UInt16($0) })
        else { throw DidNotHappen(description: "a port in the first line, but: \(line)") }
        self.port = port
    }

    package var pid: CInt { process.pid }
    package var url: String { "http://127.0.0.1:\(port)/" }

    /// The warm processes of the function. The first one is started by the first call.
    package var functions: [CInt] { ChildProcesses.of(process.pid) }

    package func connect() throws -> HTTPTestConnection { try HTTPTestConnection(port: port) }

    package func call(_ body: String, _ headers: [String: String] = [:]) throws -> HTTPAnswer {
        let connection = try connect()
        try connection.send("POST", "/", headers, body: Array(body.utf8))
        return try connection.receive()
    }

    package func send(_ signal: CInt) { Signals.send(signal, to: process.pid) }

    /// Waits until it has ended.
    package func waitForEnd() throws {
        try waitUntil("it ends") { try process.hasEnded }
    }

    /// Kills it and its functions, as the loss of a machine does.
    package func kill() throws {
        let functions = functions
        for process in functions + [pid] { Signals.send(SIGKILL, to: process) }
        try waitForEnd()
    }
}
