import ArgumentParser
import FunctionRuntime
import JSON
import System

struct TestSend: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Send one request of a postback as a test, and show the request and its answer.",
        discussion: """
            previewPostback makes the request and deliverPostback sends it, marked with
            `Postback-Test: 1`. It is not a delivery: nothing is recorded, and nothing is
            tried again. It is sent even if the postback is paused.

            Prints text on a terminal and one JSON object otherwise. The exit status is 0
            if it was delivered, 1 if not, and that of the function if it was not sent.

              postbacks test 1                     with realistic sample values
              postbacks test 1 --conversion 7      with the values of a conversion
            """)

    @Argument(help: "The postback's id.")
    var postback: String

    @Option(help: "The id of the conversion whose last event is sent.")
    var conversion: String?

    func run() throws {
        try reportingFailure {
            let installation = try Installation()
            var input: [JSON.Member] = [JSON.Member("postbackId", try Self.id(postback, "POSTBACK"))]
            if let conversion {
                input.append(JSON.Member("conversionId", try Self.id(conversion, "--conversion")))
            }
            let preview = try Self.call("previewPostback", .object(input), installation)
            let sent =
                preview["error"] == nil
                ? try Self.call("deliverPostback", preview["input"] ?? .null, installation) : .null
            let listed = try Self.call("listPostbacks", .object([input[0]]), installation)
            let report = TestReport(
                preview: preview, sent: sent, postback: listed["postbacks"]?.first ?? .null,
                usesSample: conversion == nil)
            Terminal.print(Terminal.isOutput ? Terminal.safe(report.text) : report.json.encodedText)
            if !report.isDelivered { throw ExitCode(1) }
        }
    }

    private static func id(_ text: String, _ name: String) throws(FunctionError) -> JSON {
        guard let id = Int(text), id > 0 else {
            throw FunctionError(
                .invalidRequest,
                "\(name) is an id, a whole number from 1 on; `postbacks invoke listPostbacks` shows them")
        }
        return .integer(id)
    }

    /// Runs a function as a platform would and returns its answer.
    /// - Throws: the function's error.
    private static func call(_ function: String, _ input: JSON, _ installation: Installation) throws -> JSON {
        let needsDatabase = function != "deliverPostback"
        let environment = try installation.environment(
            of: function, connectionString: needsDatabase ? try installation.connectionString() : nil)
        let outcome = try ChildProcess.run(
            try installation.function(function), environment: environment, input: input.bytes)
        if !outcome.errorOutput.isEmpty { try Descriptor.standardError.writeAll(outcome.errorOutput) }
        guard let answer = try? JSON(parsing: outcome.output, depth: JSON.depthLimit + 8) else {
            throw FunctionError(.internal, "\(function) ended with \(outcome.status) and no answer")
        }
        guard outcome.status == .exited(0) else { throw FunctionError(of: function, answer) }
        return answer
    }
}

extension JSON {
    fileprivate var first: JSON? { if case .array(let items) = self { items.first } else { nil } }
}

extension FunctionError {
    /// The error that a function answered, as an error of this program.
    fileprivate init(of function: String, _ answer: JSON) {
        let code = answer["error"]?["code"]?.text.flatMap(Code.init(rawValue:)) ?? .internal
        self.init(code, "\(function): \(answer["error"]?["message"]?.text ?? "it failed")")
    }
}
