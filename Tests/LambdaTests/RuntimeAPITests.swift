import Glibc
import JSON
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests how `postbacks lambda-bootstrap` speaks with the Runtime API.
@Suite(.ownThreads) struct RuntimeAPITests {
    private let conversion: JSON = ["offerId": "o", "affiliateId": "a", "transactionId": "t1", "payout": "12.30"]

    private func recorder(_ arguments: [String] = []) throws -> (Installation, RunningBootstrap) {
        let installation = try Installation.make()
        try installation.configure()
        let bootstrap = try RunningBootstrap(
            "recordConversion", environment: installation.environment, arguments: arguments)
        return (installation, bootstrap)
    }

    @Test func `one process answers call after call with the function's answers`() throws {
        let (installation, bootstrap) = try recorder()
        let first = try bootstrap.call(conversion)
        #expect(first.path == "invocation/call-1/response")
        #expect(first.json.at("conversion.payout") == "12.30" && first.json["duplicate"] == false)
        let processes = bootstrap.functions
        #expect(try bootstrap.call(conversion).json["duplicate"] == true)
        #expect(processes.count == 1 && bootstrap.functions == processes)
        #expect(try installation.count("conversions") == 1)
    }

    @Test func `an input that can never be accepted is answered, so that Lambda does not repeat it`() throws {
        let (_, bootstrap) = try recorder()
        for (event, code) in [
            ("no JSON", "invalid_json"), ("", "invalid_json"), ("[1]", "invalid_json"),
            ("{\"a\":1,\"a\":2}", "invalid_json"),
            ("{\"offerId\":7}", "invalid_request"), ("\u{0}\n{}", "invalid_json"),
            (conversion.merging(["offerId": "other"]).encodedText, "not_found"),
        ] {
            let report = try bootstrap.call(Array(event.utf8))
            #expect(report.path.hasSuffix("/response"), "\(event)")
            #expect(report.json.at("error.code") == .string(code), "\(event)")
        }
        #expect(try bootstrap.call(conversion).json["duplicate"] == false)
    }

    @Test func `a failure is reported as an error of its kind`() throws {
        let bootstrap = try RunningBootstrap(
            "recordConversion", environment: ["DATABASE_URL": "postgresql://user@127.0.0.1:1/none"])
        let report = try bootstrap.call(conversion)
        #expect(report.path == "invocation/call-1/error")
        #expect(report.errorType == "Function.Unavailable")
        #expect(report.json["errorType"] == "Function.Unavailable" && report.json["errorMessage"]?.text != nil)
        #expect(report.json.at("error.retryable") == true && report.json["stackTrace"] == [])
        // The message names no host.
        #expect(!report.text.contains("127.0.0.1"))
    }

    @Test(arguments: [
        (["POSTBACKS_TIMEOUT": "soon"], "deliverPostback", "Function.Misconfigured", "POSTBACKS_TIMEOUT"),
        (["LOG_LEVEL": "loud"], "deliverPostback", "Function.Misconfigured", "LOG_LEVEL"),
        (["POSTBACKS_FUNCTIONS": "/nowhere"], "recordConversion", "Function.Misconfigured", "/nowhere"),
        ([:], "recordConversions", "Function.Misconfigured", "recordConversion"),
    ])
    func `a start that fails is reported, and ends the program`(
        environment: [String: String], function: String, type: String, word: String
    ) throws {
        let bootstrap = try RunningBootstrap(function, environment: environment)
        #expect(try bootstrap.status() == .exited(78))
        let report = try #require(bootstrap.api.reports.first)
        #expect(report.path == "init/error" && bootstrap.api.reports.count == 1)
        #expect(report.errorType == type && report.json["errorType"] == .string(type))
        #expect(report.json["errorMessage"]?.text?.contains(word) == true, "\(report.text)")
    }

    @Test func `a program that cannot run is reported, and ends the program`() throws {
        let folder = try TemporaryFolder()
        try FileSystem.write("#!/nonexistent\n", to: "\(folder.path)/recordConversion", mode: 0o755)
        let bootstrap = try RunningBootstrap("recordConversion", environment: ["POSTBACKS_FUNCTIONS": folder.path])
        #expect(try bootstrap.status() == .exited(70))
        #expect(bootstrap.api.reports.map(\.errorType) == ["Function.Internal"])
    }

    @Test func `without a Runtime API it says who sets its address`() throws {
        let outcome = try Programs.run("postbacks", ["lambda-bootstrap", "recordConversion"])
        #expect(outcome.status == .exited(78) && outcome.errorText.contains("AWS_LAMBDA_RUNTIME_API"))
    }

    @Test func `a call that would take too long is reported before its deadline, and the next one is answered`() throws
    {
        let silent = try RunningReceiver(ReceiverBehaviour(manner: .silence))
        let installation = try Installation.make()
        let bootstrap = try RunningBootstrap("deliverPostback", environment: installation.environment)
        let report = try bootstrap.call(delivery(to: silent.url), time: 2_000)
        #expect(report.errorType == "Function.Unavailable")
        #expect(report.json["errorMessage"]?.text?.contains("the time of this call was over") == true)
        let receiver = try RunningReceiver()
        #expect(try bootstrap.call(delivery(to: receiver.url)).json["outcome"] == "delivered")
        #expect(silent.requests.count == 1 && receiver.requests.count == 1)
    }

    @Test func `an answer larger than Lambda passes on is refused with a reason`() throws {
        let installation = try Installation.make()
        try installation.configure()
        let text = String(repeating: "x", count: 100_000)
        for number in 1...7 {
            let params = (1...10).map { JSON.Member("p\($0)", .string(text)) }
            try installation.ask(
                "recordConversion",
                conversion.merging(["transactionId": .string("t\(number)"), "params": .object(params)]))
        }
        let bootstrap = try RunningBootstrap("listConversions", environment: installation.environment)
        let report = try bootstrap.call([:])
        #expect(report.path.hasSuffix("/response") && report.json.at("error.code") == "invalid_request")
        #expect(report.json.at("error.message")?.text?.contains("6291456") == true, "\(report.text.prefix(300))")
        #expect(try bootstrap.call(["limit": 1]).json["conversions"]?.items.count == 1)
    }

    @Test func `a process that has died between two calls costs no call`() throws {
        let (_, bootstrap) = try recorder()
        _ = try bootstrap.call(conversion)
        let processes = bootstrap.functions
        for process in processes { Signals.send(SIGKILL, to: process) }
        // A process is a zombie once it has closed its descriptors.
        try waitUntil("the end of the process") {
            try processes.allSatisfy { process in
                String(decoding: try FileSystem.read("/proc/\(process)/stat"), as: UTF8.self).contains(") Z ")
            }
        }
        #expect(try bootstrap.call(conversion).json["duplicate"] == true)
        #expect(bootstrap.functions != processes)
    }

    @Test func `a process that dies in a call is reported, and replaced for the next one`() throws {
        let installation = try Installation.make()
        let silent = try RunningReceiver(ReceiverBehaviour(manner: .silence))
        let bootstrap = try RunningBootstrap("deliverPostback", environment: installation.environment)
        bootstrap.api.give(RuntimeStandIn.Call(id: "lost", event: delivery(to: silent.url).bytes))
        try waitUntil("the request") { !silent.requests.isEmpty }
        for process in bootstrap.functions { Signals.send(SIGKILL, to: process) }
        let report = try bootstrap.api.report(of: "lost")
        #expect(report.errorType == "Function.Unavailable")
        #expect(report.json["errorMessage"]?.text?.contains("has ended") == true)
        let receiver = try RunningReceiver()
        #expect(try bootstrap.call(delivery(to: receiver.url)).json["outcome"] == "delivered")
    }

    @Test func `a Runtime API that closes each connection loses no call`() throws {
        let installation = try Installation.make()
        try installation.configure()
        let bootstrap = try RunningBootstrap(
            "recordConversion", environment: installation.environment,
            api: try RuntimeStandIn(closesConnections: true))
        for number in 0..<5 {
            #expect(try bootstrap.call(conversion).json["duplicate"] == .bool(number > 0))
        }
    }

    @Test func `a report that is refused costs only its own call, and one that ends the environment ends the program`()
        throws
    {
        let installation = try Installation.make()
        try installation.configure()
        let bootstrap = try RunningBootstrap(
            "recordConversion", environment: installation.environment,
            api: try RuntimeStandIn(statuses: [400, 202, 500]))
        _ = try bootstrap.call(conversion)
        #expect(try bootstrap.call(conversion).json["duplicate"] == true)
        _ = try bootstrap.call(conversion)
        #expect(try bootstrap.status() != .exited(0))
        #expect(bootstrap.log.contains("status 400"))
    }

    @Test func `it ends well when it is asked to while it waits`() throws {
        let (_, bootstrap) = try recorder()
        _ = try bootstrap.call(conversion)
        try waitUntil("it asks for the next call") { bootstrap.api.isAsked }
        bootstrap.terminate(SIGTERM)
        #expect(try bootstrap.status() == .exited(0))
    }

    @Test func `its log has the ids of each call`() throws {
        let (_, bootstrap) = try recorder()
        _ = try bootstrap.call(conversion.bytes, traceID: "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=1")
        try waitUntil("the line of the log") { bootstrap.log.contains("\"requestId\":\"call-1\"") }
        #expect(bootstrap.log.contains("\"traceId\":\"Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=1\""))
    }

    /// An input of deliverPostback.
    private func delivery(to url: String) -> JSON {
        [
            "deliveryId": 1, "attempt": 1,
            "postback": ["id": 1, "version": 1, "url": .string("\(url)/?c={click_id}"), "httpType": "GET"],
            "event": ["id": 1, "sequence": 1, "status": "done", "at": "2026-01-02T03:04:05.000Z"],
            "conversion": ["offer": ["id": "o1"], "affiliate": ["id": "a1"], "clickId": "c1"],
        ]
    }
}
