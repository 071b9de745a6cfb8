import Foundation
import FunctionRuntime
import Input
import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests the descriptions that each function prints of itself.
@Suite(.ownThreads) struct ArgumentTests {
    static let functions = Repository.functions

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
    func `--help gives each field its type and a line of meaning, within 80 columns`(function: String) throws {
        let help = try Programs.run(function, ["--help"]).text
        let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
        for line in lines { #expect(line.count <= 80, "\(line)") }
        let schema = try JSON(parsing: try Programs.run(function, ["--schema"]).output)
        let fields = FieldOutline.all(in: schema["input"] ?? .null)
        #expect(!fields.isEmpty || help.contains("input: an empty object, {}"))
        for field in fields {
            #expect(field.type != "anything" || field.meaning == "Accepted and ignored.", "\(field)")
            #expect(!field.meaning.isEmpty, "\(field)")
            let name = field.name + (field.isRequired ? "*" : "")
            #expect(lines.contains { $0.split(separator: " ").first == name[...] }, "\(field)")
        }
    }

    @Test func `--help tells the members of objects, values and defaults`() throws {
        let help = try Programs.run("createPostback", ["--help"]).text.split(separator: "\n").map(String.init)
        #expect(help.contains(#"  httpType*             "GET", "POST(FORM)", "POST(JSON)""#))
        #expect(help.contains("  active                true or false; default true"))
        #expect(help.contains("    password            text of at most 1024 characters"))
        #expect(help.contains("    bodyContains        text of 1 to 1024 characters"))
    }

    @Test(arguments: ["createPostback", "previewPostback", "updatePostback"])
    func `--help ends with the macros and modifiers, each with an example`(function: String) throws {
        let help = try Programs.run(function, ["--help"]).text
        let end = try #require(help.range(of: "\nmacros, in path and query of url,"))
        let rest = help[end.lowerBound...]
        for text in ["{click_id}", "Example: click-1001", "{sub1}", "modifiers:", "{payout:minor}", "Example: 1230"] {
            #expect(rest.contains(text), "\(text)")
        }
        #expect(!rest.contains("exit status"))
    }

    @Test(arguments: functions)
    func `the example in --help is one that the function takes`(function: String) throws {
        let help = try Programs.run(function, ["--help"]).text
        let example = try #require(help.split(separator: "  echo '").dropFirst().first)
        let input = String(try #require(example.split(separator: "' |").first)).replacing(
            "example.com", with: "127.0.0.1:1")
        #expect(!input.contains("'"))
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
        let input = try #require(schema["input"])
        for way in input["properties"] == nil ? input["anyOf"]?.items ?? [] : [input] {
            #expect(way["type"] == "object")
            #expect(way["additionalProperties"] == false)
        }
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
    func `an argument is not read as the input`(arguments: [String]) throws {
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
                environment: Programs.environment(), input: Array(input.utf8), timeout: .seconds(60))
        }
        #expect(try run("recordConversion", ["--version"]).text.hasPrefix("recordConversion "))
        let stream = try run("recordConversion", ["--stream"], input: #"{"id":7,"input":{}}"# + "\n")
        #expect(stream.status == .exited(0))
        #expect(stream.text.hasPrefix(#"{"id":7,"error":"#), "\(stream.text)\(stream.errorText)")
        #expect(try run("recordConversion", ["--nonsense"]).status == .exited(65))
        #expect(try run("postbacks", ["migrate", "--help"]).text.contains("postbacks_recorder"))
    }

    /// A package for an old system carries its loader and libraries, and starts the loader with the program's path.
    @Test(.enabled(if: User.isRoot, "to hide /proc takes root"))
    func `postbacks finds the functions beside it where a carried loader starts it, and where there is no /proc`()
        throws
    {
        let installation = try Installation.make()
        let interpreter = try ChildProcess.run(
            "/usr/bin/env", ["sh", "-c", "ls /lib64/ld-linux-*.so.* /lib/ld-linux-*.so.* 2>/dev/null | head -n 1"],
            timeout: .seconds(60))
        let loader = interpreter.text.split(separator: "\n").first.map(String.init) ?? ""
        func run(_ command: String) throws -> FunctionCall {
            FunctionCall(
                try ChildProcess.run(
                    "/usr/bin/unshare",
                    [
                        "--mount", "--propagation", "private", "sh", "-c", command, Programs.path("postbacks"), loader,
                    ],
                    environment: Programs.environment(installation.environment), input: Array("{}".utf8),
                    timeout: .seconds(60)))
        }
        for command in [
            #""$1" "$0" invoke listOffers"#, #"mount -t tmpfs none /proc && "$1" "$0" invoke listOffers"#,
            #"mount -t tmpfs none /proc && "$0" invoke listOffers"#,
            #"cd "$(dirname "$0")" && PATH=$PWD:$PATH && mount -t tmpfs none /proc && postbacks invoke listOffers"#,
        ] {
            let call = try run(command)
            #expect(call.status == .exited(0) && call.answer["offers"] == [], "\(command): \(call.text)\(call.log)")
        }
    }
}
