import Glibc
import JSON
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests functions that are started with standard streams of every kind.
@Suite(.ownThreads) struct DescriptorTests {
    private func shell(_ script: String, _ installation: Installation? = nil) throws -> ChildProcess.Outcome {
        try ChildProcess.run(
            "/bin/sh", ["-c", script, Programs.path("configureAffiliate")],
            environment: Programs.environment(installation?.environment ?? [:]))
    }

    @Test(arguments: ["<&-", "< /"])
    func `an input that cannot be read is invalid`(stdin: String) throws {
        let call = FunctionCall(try shell("exec \"$0\" \(stdin)"))
        #expect(call.status == .exited(65))
        #expect(call.code == "invalid_json")
    }

    @Test(arguments: [">&-", "> /dev/full"])
    func `an answer that cannot be written is no success`(stdout: String) throws {
        let installation = try Installation.make()
        let outcome = try shell("echo '{\"affiliateId\":\"a\"}' | \"$0\" \(stdout)", installation)
        #expect(outcome.status == .exited(74))
        #expect(outcome.errorText.contains("configureAffiliate: write"))
    }

    @Test func `what is logged or answered never gets into a connection that has a closed stream's number`() throws {
        let installation = try Installation.make(["LOG_LEVEL": "trace"])
        let lines = #"{"id":1,"input":{"affiliateId":"a"}}\n{"id":2,"input":{"affiliateId":"a"}}\n"#
        let outcome = try shell(
            "printf '\(lines)' | { \"$0\" --stream 2>&-; }", installation)
        #expect(outcome.status == .exited(0))
        #expect(outcome.text.split(separator: "\n").count == 2)
        let silent = try shell("printf '\(lines)' | { \"$0\" --stream >&-; echo $?; }", installation)
        #expect(silent.text == "74\n")
    }

    @Test func `an input that comes late on a non-blocking descriptor is waited for, without haste`() throws {
        let installation = try Installation.make()
        for arguments in [[], ["--stream"]] {
            var pipe: (read: Descriptor, write: Descriptor)? = try Descriptor.pipe()
            try pipe?.read.setNonBlocking()
            let child = try ChildProcess(
                Programs.path("configureAffiliate"), arguments,
                environment: Programs.environment(installation.environment),
                input: pipe.map { .descriptor($0.read) } ?? .null,
                output: .pipe)
            _ = try wait(for: [], atMost: .milliseconds(1000))
            let times = try FileSystem.read("/proc/\(child.pid)/stat", limit: 4096).split(separator: 0x20)[13...14]
            let ticks = times.compactMap { Int(String(decoding: $0, as: UTF8.self)) }.reduce(0, +)
            #expect(ticks < 30)
            let object = #"{"affiliateId":"a"}"#
            let line = arguments.isEmpty ? object : #"{"id":1,"input":\#(object)}"#
            try pipe?.write.writeAll(Array(line.utf8) + [0x0A])
            pipe = nil
            guard case .bytes(let answer)? = try child.output?.read(upTo: 65536) else {
                throw DidNotHappen(description: "an answer")
            }
            #expect(String(decoding: answer, as: UTF8.self).contains(#""affiliate":{"id":"a""#))
            #expect(try child.wait() == .exited(0))
        }
    }

    @Test func `a limit of open files that the process may raise fails no request`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(delay: .milliseconds(1000)))
        let lines = (1...200).map { id in
            #"{"id":\#(id),"input":{"deliveryId":\#(id),"attempt":1,"postback":{"url":"\#(receiver.url)","httpType":"GET"},"#
                + #""event":{"status":"done"},"conversion":{"offer":{"id":"o"},"affiliate":{"id":"a"}}}}"# + "\n"
        }
        let outcome = try ChildProcess.run(
            "/bin/sh", ["-c", "ulimit -Sn 64 && exec \"$0\" --stream", Programs.path("deliverPostback")],
            environment: Programs.environment([
                "POSTBACKS_ALLOW_CIDRS": "127.0.0.1", "POSTBACKS_TIMEOUT": "60", "POSTBACKS_CONNECT_TIMEOUT": "60",
            ]),
            input: Array(lines.joined().utf8), timeout: .seconds(120))
        let answers = try outcome.output.split(separator: 0x0A).map { try JSON(parsing: Array($0)) }
        #expect(answers.count == 200)
        #expect(
            answers.allSatisfy { $0.at("output.outcome") == "delivered" },
            "\(answers.last?.at("output.error") ?? .null)")
    }
}
