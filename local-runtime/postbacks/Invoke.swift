import ArgumentParser
import EmbeddedPostgres
import FunctionRuntime
import Gateway
import Input
import JSON
import Postgres
import Store
import System

struct Invoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a function on a JSON file, as a platform would, with the environment set.",
        usage: "postbacks invoke FUNCTION [FILE | -e FILE] [OPTIONS]",
        discussion: """
            On a terminal, prints the answer formatted for people; otherwise, prints the \
            function's bytes unchanged. The exit status is that of the function.

              postbacks invoke recordConversion june-1.json
              echo '{"conversionId":1}' | postbacks invoke listDeliveries
              postbacks generate recordConversion | postbacks invoke -e - recordConversion

            The functions, each of which explains itself with --help:

            \(FunctionNames.all.map { "  \($0)" }.joined(separator: "\n"))
            """)

    @Argument(help: "The function, e.g. recordConversion.", completion: .list(FunctionNames.all))
    var function: String

    @Argument(help: "A file with one JSON object; - is standard input.")
    var file = "-"

    @Option(
        name: [.customShort("e"), .customLong("event")],
        help: "The same file, and a last line on standard error with the time and the memory that the call took.")
    var event: String?

    @Flag(help: "Start the embedded server for this call if it is not running, and stop it afterwards.")
    var startServer = false

    @Flag(help: "Format the answer for people even if the output is not a terminal.")
    var pretty = false

    func validate() throws {
        if event != nil, file != "-" {
            throw ValidationError("the file is given twice, as \(Terminal.safe(file)) and with -e; give it once")
        }
        try FunctionNames.checkExists(function)
    }

    func run() throws {
        try reportingFailure {
            let file = event ?? file
            let input = file == "-" ? ChildProcess.Stream.inherit : .descriptor(try InputFile.open(file))
            let installation = try Installation()
            let program = try installation.function(function)
            let needsDatabase = function != "deliverPostback"
            let server = needsDatabase && startServer ? try Invoke.startServer(of: installation) : nil
            defer { server?.stop() }
            let database = needsDatabase ? try Invoke.database(of: installation) : nil
            let isPretty = pretty || Terminal.isOutput
            let start = Instant.now
            let child = try ChildProcess(
                program,
                environment: try installation.environmentBesideUp(of: function, connectionString: database?.address),
                input: input,
                output: isPretty ? .pipe : .inherit)
            if isPretty, let output = child.output { try Invoke.print(output) }
            let status = try child.wait()
            if event != nil { Terminal.printError(Invoke.report(since: start, child)) }
            switch status {
            case .exited(0): return
            case .exited(let status):
                if let absence = database?.absence, status == absence.code.exitStatus { throw absence }
                throw ExitCode(status)
            case .signaled(let signal):
                throw FunctionError(.internal, "\(function) was ended by signal \(signal)")
            }
        }
    }

    /// The address of the database. If that is the embedded server and it does not run, also the error that says so: the
    /// function checks its input before it connects, and finds mistakes without a server.
    private static func database(
        of installation: Installation
    ) throws(FunctionError) -> (address: String, absence: FunctionError?) {
        do throws(FunctionError) {
            return (try installation.connectionString(), nil)
        } catch {
            guard installation.isEmbedded else { throw error }
            return (EmbeddedServer(home: installation.home).connectionString, error)
        }
    }

    /// Starts the embedded server, brings its tables to this version, and makes the key if there is none.
    /// - Returns: nil if the embedded server runs already, or if the settings name another database.
    private static func startServer(of installation: Installation) throws -> EmbeddedServer? {
        guard installation.isEmbedded, EmbeddedServer.connectionString(home: installation.home) == nil else {
            return nil
        }
        let server = EmbeddedServer(home: installation.home)
        try server.start { Terminal.printError($0) }
        let connection = try Connection(server.connectionString, applicationName: "postbacks invoke")
        try Migrations.run(on: connection) { Terminal.printError("migrated to \($0.number) (\($0.name))") }
        try Up.makeKey(installation, server.connectionString)
        return server
    }

    private static func report(since start: Instant, _ child: ChildProcess) -> String {
        let milliseconds = (start.elapsed.milliseconds * 10).rounded() / 10
        let megabytes = (Double(child.peakMemory ?? 0) / 1e6).rounded()
        return "REPORT duration \(milliseconds) ms memory \(Int(megabytes)) MB"
    }

    private static func print(_ output: Descriptor) throws {
        var bytes: [UInt8] = []
        while case .bytes(let more) = try output.read(upTo: 65536) { bytes += more }
        if let answer = try? JSON(parsing: bytes) {
            Terminal.print(answer.pretty())
        } else {
            try Descriptor.standardOutput.writeAll(bytes)
        }
    }
}

extension FunctionNames {
    /// - Throws: an error that names the function that is probably meant.
    static func checkExists(_ function: String) throws {
        guard !all.contains(function) else { return }
        let hint = Spelling.hint(for: function, among: all)
        throw ValidationError(
            "there is no function \(Terminal.safe(function))\(hint.isEmpty ? "; postbacks invoke --help names them" : hint)"
        )
    }
}
