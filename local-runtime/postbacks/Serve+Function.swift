import Adapters
import ArgumentParser
import Configuration
import FunctionRuntime
import FunctionServer
import Gateway
import Glibc
import Logging
import System

/// Serves one function over a socket.
extension Serve {
    /// A listening socket, its description for the log, and the files to remove at the end.
    private struct Door {
        let listener: Descriptor
        let name: String
        var dialect = FunctionServer.Dialect.plain
        var files: [String] = []
    }

    private static let usualDrain: Duration = .seconds(10)

    func serve(_ function: String) throws {
        try reportingFailure {
            // Signals are blocked before any thread starts, because threads inherit the signal mask.
            let signals = try SignalDescriptor.ofEnd()
            OpenFiles.allowAll()
            let installation = try Installation()
            let logger = try Logger(named: "serve", installation.settings)
            let program = try program(function, installation)
            let pool = try FunctionPool([program], metrics: GatewayMetrics(), logger: logger)
            let (server, name, files) = try makeServer(program, pool, signals)
            defer { for file in files { try? FileSystem.remove(file) } }
            Terminal.print("listening on \(name)")
            try Terminal.checkOutput()
            try server.run()
            try Serve.close(pool)
        }
    }

    /// Only the server keeps a reference to the listening socket, so that the socket is closed when the server drops
    /// it.
    private func makeServer(
        _ program: FunctionProgram, _ pool: FunctionPool, _ signals: SignalDescriptor
    ) throws -> (server: FunctionServer, name: String, files: [String]) {
        let door = try openDoor()
        let server = try FunctionServer(
            program.name, pool: pool, listener: door.listener, dialect: door.dialect, signals: signals,
            drain: drain.map { .milliseconds(Int64($0 * 1000)) } ?? Serve.usualDrain,
            limits: ServerLimits(body: program.limits.inputBytes))
        return (server, door.name, door.files)
    }

    private func program(_ name: String, _ installation: Installation) throws -> FunctionProgram {
        let needsDatabase = FunctionNames.needsDatabase(name)
        var limits = FunctionLimits.of(name, attempt: try installation.settings(.timeout))
        if let processes { limits.processes = processes }
        // A delivery waits for its receiver, and deliverPostback can wait for thousands of receivers at once.
        if !needsDatabase { limits.linesInHand = limits.calls }
        return FunctionProgram(
            name: name, path: try installation.function(name),
            environment: try installation.environmentBesideUp(
                of: name, connectionString: needsDatabase ? try installation.connectionString() : nil),
            limits: limits)
    }

    private func openDoor() throws -> Door {
        do throws(UnusableCall) {
            if let path = try Fn.socketPath(in: ProcessEnvironment.all) { return try openForFn(path) }
        } catch {
            throw FunctionError(.misconfigured, error.message)
        }
        let port = try usedPort()
        // A platform that sets the port connects from outside of the container.
        let host = address.host ?? (ProcessEnvironment["PORT"] == nil ? ListenOptions.localHost : "0.0.0.0")
        do throws(SystemError) {
            let listener = try TCPListener(address: host, port: UInt16(port))
            let shown = host.contains(":") ? "[\(host)]" : host
            return Door(listener: listener.descriptor, name: "http://\(shown):\(listener.port)")
        } catch {
            throw FunctionError(
                .misconfigured, "cannot listen on \(host) port \(port): \(error.reason); choose another with --port")
        }
    }

    private func usedPort() throws -> Int {
        if let port = address.port { return port }
        guard let text = ProcessEnvironment["PORT"], !text.isEmpty else { return address.usedPort }
        guard let port = Int(text), (0...65535).contains(port) else {
            throw FunctionError(.misconfigured, "PORT must be a number from 0 to 65535")
        }
        return port
    }

    private func openForFn(_ path: String) throws(UnusableCall) -> Door {
        let folder = FileSystem.parent(of: path)
        let name = String(path.dropFirst(folder.count + (folder == "/" ? 0 : 1)))
        let temporary = "\(folder)/\(Fn.temporaryName(of: name))"
        // A restarted container may find the files of its predecessor.
        for file in [path, temporary] { try? FileSystem.remove(file) }
        do throws(SystemError) {
            let listener = try UnixListener(path: temporary, mode: Fn.socketMode)
            try FileSystem.makeLink(at: path, to: Fn.temporaryName(of: name))
            return Door(
                listener: listener.descriptor, name: "unix:\(path)", dialect: .fn, files: [path, temporary])
        } catch {
            throw UnusableCall("\(Fn.variable) names a socket that cannot be made: \(error)")
        }
    }

    /// Waits until the function's processes have ended.
    private static func close(_ pool: FunctionPool) throws {
        let pipe = try Descriptor.pipe()
        let end = pipe.write
        pool.close { try? end.writeAll([1]) }
        _ = try wait(for: [.read(pipe.read)], atMost: .seconds(10))
    }
}
