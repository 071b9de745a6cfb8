import Domain
import FunctionRuntime
import Glibc
import Lambda
import System

/// This program does what `postbacks lambda-bootstrap` does. A zip carries it instead of `postbacks`, which is twice as
/// large.
@main
enum LambdaProgram {
    private static let name = "postbacks-lambda"

    static func main() {
        CoreDump.forbid()
        Signals.ignorePipe()
        Descriptor.occupyStandardNumbers()
        var words = Array(ProcessArguments.all.dropFirst())
        if let script = words.first.flatMap(CommandScript.init) { words = script.words }
        do {
            switch words {
            case ["--version"]: try print("\(name) \(Version.current)\n")
            case ["--help"], ["-h"]: try print(help)
            default: try run(words)
            }
            exit(0)
        } catch let error as FunctionError {
            try? print("\(name): \(error.message)\n", to: .standardError)
            exit(error.code.exitStatus)
        } catch {
            try? print("\(name): \(error)\n", to: .standardError)
            exit(FunctionError.Code.internal.exitStatus)
        }
    }

    private static func run(_ words: [String]) throws {
        var options: [String: String] = [:]
        var rest = words.dropFirst()
        while let option = rest.popFirst() {
            guard ["--functions", "--loader", "--ca-file"].contains(option), let value = rest.popFirst() else {
                throw usage
            }
            options[option] = value
        }
        guard let function = words.first, !function.hasPrefix("-"), let folder = options["--functions"] else {
            throw usage
        }
        try Bootstrap(function, in: folder, loader: options["--loader"], authorities: options["--ca-file"]).run()
    }

    private static func print(_ text: String, to descriptor: Descriptor = .standardOutput) throws(SystemError) {
        try descriptor.writeAll(Array(text.utf8))
    }

    private static let usage = FunctionError(
        .invalidRequest, "usage: \(name) FUNCTION --functions FOLDER [--loader FILE] [--ca-file FILE]")

    private static let help = """
        postbacks-lambda \(Version.current): runs a function on AWS Lambda, in the zips of `postbacks package lambda`.

        usage: postbacks-lambda FUNCTION --functions FOLDER [--loader FILE] [--ca-file FILE]

        It does what `postbacks lambda-bootstrap` does, whose --help says more. Called with the path of a file that
        begins with #!, it takes its words from the lines behind the first one.

        """
}
