import ArgumentParser
import EmbeddedFiles
import FunctionRuntime
import Gateway
import Input
import JSON
import System

struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print an input of a function, also in the form in which a platform would send it.",
        usage: "postbacks generate FUNCTION [--FIELD VALUE …] [--as FORM]",
        discussion: """
            The input is the function's fixture `success`, with the fields that are given.
            A value is JSON if it can be read as JSON, and else a text; `null` leaves the
            field out.

              postbacks generate recordConversion --transactionId t7 --payout 1.50
              postbacks generate recordConversion --as sqs > event.json

            The forms: sqs, apigw (API Gateway 2.0 and function URLs), cloudevent
            (structured), cgi (a command for a shell).
            """)

    @Argument(help: "The function, e.g. recordConversion.", completion: .list(FunctionNames.all))
    var function: String

    @Option(help: "The form: sqs, apigw, cloudevent or cgi. Without it: the input itself.")
    var `as`: PlatformForm?

    @Argument(parsing: .allUnrecognized, help: "Fields of the input, each as --FIELD VALUE or --FIELD=VALUE.")
    var fields: [String] = []

    func validate() throws {
        try FunctionNames.checkExists(function)
        _ = try changes()
    }

    func run() throws {
        try reportingFailure {
            guard let fixture = EmbeddedFile.fixtures.first(where: { $0.name == "\(function)/success" }),
                let usual = try? JSON(parsing: fixture.bytes)
            else { throw FunctionError.internal }
            let changed = usual.merging(.object(try changes()))
            let input = JSON.object(changed.members.filter { $0.value != .null })
            try check(input)
            Terminal.print(self.as?.text(of: input, for: function) ?? input.pretty())
        }
    }

    /// Reads the fields of the command line.
    private func changes() throws(ValidationError) -> [JSON.Member] {
        var members: [JSON.Member] = []
        var words = fields[...]
        while let word = words.popFirst() {
            guard word.hasPrefix("--"), word.count > 2 else {
                throw ValidationError("\(Terminal.safe(word)) is no field; write it as --FIELD VALUE")
            }
            let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let text = parts.count > 1 ? String(parts[1]) : words.popFirst() else {
                throw ValidationError("\(Terminal.safe(word)) has no value; write it as --FIELD VALUE")
            }
            let name = String(parts[0])
            members.removeAll { $0.isNamed(name) }
            members.append(JSON.Member(name, (try? JSON(parsing: Array(text.utf8))) ?? .string(text)))
        }
        return members
    }

    /// Lets the function check the given fields and name the mistakes. Without its executable nothing is checked.
    private func check(_ input: JSON) throws {
        guard !fields.isEmpty, let program = try? Installation().function(function) else { return }
        let line: JSON = ["id": 1, "input": input]
        let outcome = try ChildProcess.run(
            program, ["--check"], environment: ProcessEnvironment.all, input: line.bytes + [0x0A],
            timeout: .seconds(20))
        guard let error = (try? JSON(parsing: outcome.output))?["error"],
            error["code"] == .string(FunctionError.Code.invalidRequest.rawValue)
        else { return }
        throw FunctionError(.invalidRequest, error["message"]?.text ?? "the input is wrong")
    }
}
