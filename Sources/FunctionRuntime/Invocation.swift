import Glibc
package import JSON
import System

/// Runs a function's executable. The arguments select help, a single call or the warm mode.
package enum Invocation {
    package static func run<F: BatchFunction>(_ type: F.Type) -> Never {
        run(
            type,
            once: { (settings, input) throws(FunctionError) in
                var function = try F(settings)
                let answers = function.handle([input])
                guard let answer = answers.first else { throw FunctionError.internal }
                return try answer.get()
            }, stream: { settings throws(SystemError) in try Stream.run(batches: type, settings) })
    }

    package static func run<F: ConcurrentFunction>(_ type: F.Type) -> Never {
        run(
            type,
            once: { (settings, input) throws(FunctionError) in
                var function = try F(settings)
                function.begin(input, ticket: 1)
                while true {
                    if let first = function.advance(alsoWaitingFor: nil, waits: true).answers.first {
                        return try first.answer.get()
                    }
                }
            }, stream: { settings throws(SystemError) in try Stream.run(concurrently: type, settings) })
    }

    private static func run<F: Function>(
        _ type: F.Type, once: (Settings, F.Input) throws(FunctionError) -> F.Output,
        stream: (Settings) throws(SystemError) -> Void
    ) -> Never {
        CoreDump.forbid()
        Signals.ignorePipe()
        Descriptor.occupyStandardNumbers()
        let settings = Settings.ofThisProcess
        do throws(SystemError) {
            switch Mode(arguments: Array(ProcessArguments.all.dropFirst())) {
            case .once: exit(try answerOnce(settings, type, once))
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
        try print(error)
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

    private static func answerOnce<F: Function>(
        _ settings: Settings, _ type: F.Type, _ once: (Settings, F.Input) throws(FunctionError) -> F.Output
    ) throws(SystemError) -> Int32 {
        if isatty(STDIN_FILENO) == 1 {
            try print(
                "\(F.contract.name): reads one JSON object; end it with Ctrl-D (see --help)\n",
                to: .standardError)
        }
        let log = CallLog(type, settings)
        let start = log.start()
        let answer: Result<F.Output, FunctionError>
        do throws(FunctionError) {
            let bytes = try readInput(limit: F.inputLimit)
            answer = .success(
                try once(settings, try Gate.input(try Gate.object(bytes, limit: F.inputLimit), as: F.Input.self)))
        } catch {
            answer = .failure(error)
        }
        log.ended(answer, since: start)
        switch answer {
        case .success(let output):
            try print(output.json.encodedText + "\n")
            return 0
        case .failure(let error):
            try print(error)
            return error.code.isFinalRejection && Platform.losesOutputOfFailures(settings) ? 0 : error.code.exitStatus
        }
    }

    /// Reads all of standard input. If the input is too large, it returns one byte more than the limit.
    private static func readInput(limit: Int) throws(FunctionError) -> [UInt8] {
        var bytes: [UInt8] = []
        do throws(SystemError) {
            while bytes.count <= limit {
                switch try Descriptor.standardInput.read(upTo: min(limit + 1 - bytes.count, 1 << 20)) {
                case .bytes(let chunk): bytes += chunk
                case .wouldBlock: _ = try wait(for: [.read(.standardInput)], atMost: nil)
                case .end: return bytes
                }
            }
        } catch {
            throw FunctionError(.invalidJSON, "the input cannot be read from standard input: \(error)")
        }
        return bytes
    }

    private static func print(_ error: FunctionError) throws(SystemError) {
        try print(JSON.object([JSON.Member("error", error.json)]).encodedText + "\n")
    }

    private static func print(_ text: String, to descriptor: Descriptor = .standardOutput) throws(SystemError) {
        try descriptor.writeAll(Array(text.utf8))
    }
}

extension BatchFunction {
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

/// Properties of the platform that started the function.
private enum Platform {
    /// OpenFaaS watchdogs put the request's method into the environment and drop the output of a process that fails.
    static func losesOutputOfFailures(_ settings: Settings) -> Bool { settings.has("Http_Method") }
}
