import Adapters
import Glibc
package import JSON
import System

/// Runs a function's executable. The arguments select help, a single call or the warm mode; without arguments, the form
/// of the call may depend on the platform that has started the process.
package enum Invocation {
    package static func run<F: BatchFunction>(_ type: F.Type) -> Never {
        run(batches: type) { settings throws(SystemError) in try Stream.run(batches: type, settings) }
    }

    package static func run<F: PipelinedFunction>(_ type: F.Type) -> Never {
        run(batches: type) { settings throws(SystemError) in try Stream.run(pipelined: type, settings) }
    }

    private static func run<F: BatchFunction>(
        batches type: F.Type, stream: (Settings) throws(SystemError) -> Void
    ) -> Never {
        run(
            type,
            answer: { (function, input) throws(FunctionError) in
                let answers = function.handle([input])
                guard let answer = answers.first else { throw FunctionError.internal }
                return try answer.get()
            }, stream: stream)
    }

    package static func run<F: ConcurrentFunction>(_ type: F.Type) -> Never {
        run(
            type,
            answer: { (function, input) throws(FunctionError) in
                function.begin(input, ticket: 1)
                while true {
                    if let first = function.advance(alsoWaitingFor: nil, waits: true).answers.first {
                        return try first.answer.get()
                    }
                }
            }, stream: { settings throws(SystemError) in try Stream.run(concurrently: type, settings) })
    }

    /// `answer` makes one call and waits for its answer. `stream` is the warm mode.
    private static func run<F: Function>(
        _ type: F.Type, answer: @escaping (inout F, F.Input) throws(FunctionError) -> F.Output,
        stream: (Settings) throws(SystemError) -> Void
    ) -> Never {
        CoreDump.forbid()
        Signals.ignorePipe()
        Descriptor.occupyStandardNumbers()
        let environment = ProcessEnvironment.all
        let settings = Settings(environment: environment)
        let arguments = Array(ProcessArguments.all.dropFirst())
        let single = SingleCalls(settings, answer)
        do throws(SystemError) {
            switch Platform(environment: environment, hasArguments: !arguments.isEmpty) {
            case .cgi(let cgi): exit(try single.answer(cgi))
            case .openWhisk(let openWhisk): exit(try single.answer(openWhisk))
            case .payloadFile(let file): exit(try SingleCalls(settings.withQuietLog, answer).answer(file))
            case .classicWatchdog: exit(try single.answerStandardInput(ClassicWatchdog.exitStatus))
            case .none: break
            }
            switch Mode(arguments: arguments) {
            case .once: exit(try single.answerStandardInput(\.exitStatus))
            case .stream: try stream(settings)
            case .check: try Stream.check(type, settings)
            case .help: try print(HelpText.make(for: type))
            case .version: try print("\(F.contract.name) \(F.contract.version)\n")
            case .schema: try print(Invocation.schema(type).pretty() + "\n")
            case .several(let arguments):
                try refuse(HelpText.severalArguments(arguments, F.contract))
            case .unknown(let argument):
                try refuse(HelpText.unknownArgument(argument, F.contract))
            }
            exit(0)
        } catch {
            // The reader has closed the pipe and wants no more of the answer.
            if error.code == EPIPE { exit(128 + SIGPIPE) }
            try? print("\(F.contract.name): \(error)\n", to: .standardError)
            exit(status(of: error))
        }
    }

    private static func refuse(_ error: FunctionError) throws(SystemError) -> Never {
        try print(FunctionAnswer(error).line)
        exit(error.code.exitStatus)
    }

    /// The exit status after sysexits.h: EX_IOERR if an answer cannot be written, EX_NOINPUT if lines cannot be read.
    private static func status(of error: SystemError) -> Int32 {
        switch error.call {
        case "write": 74
        case "read": 66
        default: FunctionError.Code.internal.exitStatus
        }
    }

    /// The JSON Schemas of the input and the output.
    package static func schema<F: Function>(_ type: F.Type) -> JSON {
        return [
            "$schema": "https://json-schema.org/draft/2020-12/schema", "title": .string(F.contract.name),
            "description": .string(F.contract.summary), "input": F.Input.schema, "output": F.contract.output,
        ]
    }

    private static func print(_ text: String, to descriptor: Descriptor = .standardOutput) throws(SystemError) {
        try print(Array(text.utf8), to: descriptor)
    }

    private static func print(_ bytes: [UInt8], to descriptor: Descriptor = .standardOutput) throws(SystemError) {
        try descriptor.writeAll(bytes)
    }
}

extension BatchFunction {
    package static func main() { Invocation.run(Self.self) }
}

extension PipelinedFunction {
    package static func main() { Invocation.run(Self.self) }
}

extension ConcurrentFunction {
    package static func main() { Invocation.run(Self.self) }
}

/// The mode in which a function was started.
enum Mode {
    case once, stream, check, help, version, schema

    /// All arguments that exist.
    static let words = ["--stream", "--check", "--schema", "--version", "--help", "-h"]
    /// Several known arguments; only one is allowed.
    case several([String])
    case unknown(String)

    init(arguments: [String]) {
        switch arguments {
        case []: self = .once
        case ["--stream"]: self = .stream
        case ["--check"]: self = .check
        case ["--help"], ["-h"]: self = .help
        case ["--version"]: self = .version
        case ["--schema"]: self = .schema
        default:
            let unknown = arguments.first { !Mode.words.contains($0) }
            self = unknown.map(Mode.unknown) ?? .several(arguments)
        }
    }
}
