import ArgumentParser
import FunctionRuntime
import JSON
import POSIX

struct Invoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a function on a JSON file, as a platform would, with the environment set.",
        discussion: """
            Prints the answer for people on a terminal, and the function's own bytes \
            otherwise. The exit status is the function's own.

              postbacks invoke recordConversion june-1.json
              echo '{"conversionId":1}' | postbacks invoke listDeliveries

            The functions, each of which explains itself with --help:

            \(FunctionNames.all.map { "  \($0)" }.joined(separator: "\n"))
            """)

    @Argument(help: "The function, e.g. recordConversion.", completion: .list(FunctionNames.all))
    var function: String

    @Argument(help: "A file with one JSON object; - is the standard input.")
    var file = "-"

    func validate() throws {
        guard !FunctionNames.all.contains(function) else { return }
        let hint = Spelling.hint(for: function, among: FunctionNames.all)
        throw ValidationError(
            "there is no function \(Terminal.safe(function))\(hint.isEmpty ? "; postbacks invoke --help names them" : hint)"
        )
    }

    func run() throws {
        try reportingFailure {
            let input = file == "-" ? ChildProcess.Stream.inherit : .descriptor(try InputFile.open(file))
            let installation = try Installation()
            let program = try installation.function(function)
            let needsDatabase = function != "deliverPostback"
            let connectionString = needsDatabase ? try installation.connectionString() : nil
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
