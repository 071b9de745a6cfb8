import JSON
import POSIX
import TestSupport
import TestThreads
import Testing

/// What each function says of itself.
@Suite(.ownThreads) struct ArgumentTests {
    static let functions = [
        "configureAffiliate", "configureOffer", "createPostback", "deliverPostback", "listDeliveries", "listPostbacks",
        "recordConversion", "updateConversionStatus",
    ]

    @Test(arguments: functions)
    func `--help tells fields, settings and exit statuses, and needs nothing`(function: String) throws {
        for argument in ["--help", "-h"] {
            let outcome = try Programs.run(function, [argument], environment: ["LOG_LEVEL": "wrong"])
            #expect(outcome.status == .exited(0))
            #expect(outcome.text.hasPrefix("\(function): "))
            #expect(
                outcome.text.contains("--stream") && outcome.text.contains("--check")
                    && outcome.text.contains("exit status")
                    && outcome.text.contains("LOG_LEVEL"))
            #expect(outcome.errorText == "")
        }
    }

    @Test(arguments: functions)
    func `the example in --help is one that the function takes`(function: String) throws {
        let help = try Programs.run(function, ["--help"]).text
        let example = try #require(help.split(separator: "\n").first { $0.hasPrefix("  echo '") })
        let input = String(try #require(example.split(separator: "' |").first).dropFirst(8)).replacing(
            "example.com", with: "127.0.0.1:1")
        let call = try Installation.make().call(function, input)
        #expect(call.status == .exited(0) || call.code == "not_found", "\(call.text)")
    }

    @Test(arguments: functions)
    func `--version is name and version`(function: String) throws {
        let outcome = try Programs.run(function, ["--version"])
        #expect(outcome.status == .exited(0))
        #expect(outcome.text.hasPrefix("\(function) "))
        #expect(outcome.text.split(separator: " ").count == 2 && outcome.text.hasSuffix("\n"))
    }

    @Test(arguments: functions)
    func `--schema is one JSON object with the schemas of input and output`(function: String) throws {
        let outcome = try Programs.run(function, ["--schema"])
        #expect(outcome.status == .exited(0))
        let schema = try JSON(parsing: outcome.output)
        #expect(schema["title"] == .string(function))
        #expect(schema.at("input.type") == "object")
        #expect(schema.at("input.additionalProperties") == false)
        #expect(schema.at("output.type") == "object")
    }

    @Test(arguments: [
        (["--steam"], "--stream"), (["--hlep"], "--help"), (["--verison"], "--version"), (["-stream"], "--stream"),
        (["--chek"], "--check"),
    ])
    func `an unknown argument is refused, with the one that was probably meant`(arguments: [String], meant: String)
        throws
    {
        let call = FunctionCall(try Programs.run("listPostbacks", arguments, input: "{}"))
        #expect(call.code == "invalid_request")
        #expect(call.status == .exited(65))
        #expect(call.message.contains("did you mean \"\(meant)\""))
    }

    @Test(arguments: [["input.json"], ["--stream", "x"], ["--help", "--version"], [""], ["--stream=1"]])
    func `arguments are not the input`(arguments: [String]) throws {
        let call = FunctionCall(try Programs.run("listPostbacks", arguments, input: "{}"))
        #expect(call.code == "invalid_request")
        #expect(call.status == .exited(65))
    }

    @Test(.enabled(if: User.isRoot, "to hide /proc takes root"))
    func `arguments count where there is no /proc`() throws {
        func run(_ program: String, _ arguments: [String], input: String = "") throws -> ChildProcess.Outcome {
            let hide = "mount -t tmpfs none /proc && exec \"$0\" \"$@\""
            return try ChildProcess.run(
                "/usr/bin/unshare",
                ["--mount", "--propagation", "private", "sh", "-c", hide, Programs.path(program)] + arguments,
                environment: Programs.environment(), input: Array(input.utf8), seconds: 60)
        }
        #expect(try run("recordConversion", ["--version"]).text.hasPrefix("recordConversion "))
        let stream = try run("recordConversion", ["--stream"], input: #"{"id":7,"input":{}}"# + "\n")
        #expect(stream.status == .exited(0))
        #expect(stream.text.hasPrefix(#"{"id":7,"error":"#), "\(stream.text)\(stream.errorText)")
        #expect(try run("recordConversion", ["--nonsense"]).status == .exited(65))
        #expect(try run("postbacks", ["migrate", "--help"]).text.contains("postbacks_recorder"))
    }
}
