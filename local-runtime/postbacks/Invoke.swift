import ArgumentParser
import FunctionRuntime
import Glibc
import JSON
import POSIX

struct Invoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a function on a JSON file, as a platform would, with the environment set.",
        discussion: """
            Prints the answer for people on a terminal, and the function's own bytes otherwise. The exit status is the
            function's own.

              postbacks invoke recordConversion functions/recordConversion/fixtures/success.json
            """)

    @Argument(help: "The function, e.g. recordConversion.")
    var function: String

    @Argument(help: "A file with one JSON object; - is the standard input.")
    var file = "-"

    func run() throws {
        try reportingFailure {
            let installation = try Installation()
            let program = try installation.function(function)
            let needsDatabase = function != "deliverPostback"
            let connectionString = needsDatabase ? try installation.connectionString() : nil
            let input: ChildProcess.Stream =
                file == "-" ? .inherit : .descriptor(try Descriptor.open(file, O_RDONLY))
            let isPretty = Terminal.isOutput
            let child = try ChildProcess(
                program,
                environment: try installation.environmentBesideUp(of: function, connectionString: connectionString),
                input: input,
                output: isPretty ? .pipe : .inherit)
            if isPretty, let output = child.output { try Invoke.print(output) }
            switch try child.wait() {
            case .exited(0): return
            case .exited(let status): throw ExitCode(status)
            case .signaled(let signal):
                throw FunctionError(.internal, "\(function) was ended by signal \(signal)")
            }
        }
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
