import Glibc
import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests functions under Debian's `webhook`, which starts a process for each request and names a file with the body.
@Suite(.ownThreads) struct WebhookTests {
    private let folder: TemporaryFolder
    private let installation: Installation

    init() throws {
        folder = try TemporaryFolder()
        installation = try Installation.make(["LOG_LEVEL": "trace"])
        try installation.configure()
    }

    @Test func `webhook passes a body in a file, and the answer is the function's alone`() throws {
        try FileSystem.write(
            """
            [{"id": "record", "execute-command": "\(Programs.path("recordConversion"))",
              "command-working-directory": "\(folder.path)", "http-methods": ["POST"],
              "pass-file-to-command": [{"source": "raw-request-body", "envname": "PAYLOAD_FILE"}],
              "include-command-output-in-response": true, "include-command-output-in-response-on-error": true}]
            """, to: "\(folder.path)/hooks.json")
        let port = try PlatformPrograms.freePort()
        let server = try RunningServer(
            "webhook", in: folder, environment: installation.environment.merging(["TMPDIR": folder.path]) { $1 },
            arguments: ["-hooks", "\(folder.path)/hooks.json", "-ip", "127.0.0.1", "-port", "\(port)"]
        ) { _ in (try? Descriptor.connect(to: "127.0.0.1", port: port)) != nil }
        func call(_ body: String) throws -> HTTPAnswer {
            try HTTPTestConnection(port: port).exchange(
                "POST", "/hooks/record", ["Content-Type": "application/json"], body: body)
        }
        let first = try call(#"{"offerId":"o","affiliateId":"a","transactionId":"t1","payout":12.30}"#)
        #expect(first.status == 200 && first.json.at("conversion.payout") == "12.30", "\(first.text)")
        let twice = try call(#"{"offerId":"o","offerId":"p","affiliateId":"a","transactionId":"t1"}"#)
        #expect(twice.status == 500 && twice.code == "invalid_json", "\(twice.text)")
        #expect(try call("{}").code == "invalid_request")
        withExtendedLifetime(server) {}
    }

    private func run(_ path: String, _ variables: [String: String] = [:]) throws -> FunctionCall {
        FunctionCall(
            try Programs.run(
                "configureAffiliate", input: "not this",
                environment: installation.environment.merging(["PAYLOAD_FILE": path]) { $1 }.merging(variables) { $1 }))
    }

    @Test func `the file is the input, the exit status stays, and nothing below a warning is logged`() throws {
        try FileSystem.write(#"{"affiliateId":"ada"}"#, to: "\(folder.path)/input")
        let call = try run("\(folder.path)/input")
        #expect(call.status == .exited(0) && call.answer.at("affiliate.id") == "ada", "\(call.text)")
        #expect(call.log == "")
        let away = try run("\(folder.path)/input", ["DATABASE_URL": "host=127.0.0.1 port=1 user=u"])
        #expect(away.status == .exited(75) && away.code == "unavailable")
        #expect(away.log.contains(#""level":"warning""#) || away.log.contains(#""level":"error""#), "\(away.log)")
        try FileSystem.write("{}", to: "\(folder.path)/input")
        #expect(try run("\(folder.path)/input").status == .exited(65))
    }

    @Test func `a file that cannot be read is a wrong setting, and a file that is too large an invalid input`() throws {
        let call = try run("\(folder.path)/nothing")
        #expect(call.status == .exited(78) && call.message.hasPrefix("PAYLOAD_FILE"), "\(call.text)")
        try FileSystem.write(String(repeating: " ", count: 1 << 20) + "{}", to: "\(folder.path)/large")
        #expect(try run("\(folder.path)/large").code == "invalid_json")
        try FileSystem.write(#"{"affiliateId":"ada"}"#, to: "\(folder.path)/input")
        #expect(try run("\(folder.path)/input", ["LOG_LEVEL": "loud"]).code == "misconfigured")
    }
}
