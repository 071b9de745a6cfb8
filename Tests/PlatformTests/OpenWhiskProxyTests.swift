import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests functions under OpenWhisk's proxy, which a pipe on descriptor 3 stands in for.
@Suite(.ownThreads) struct OpenWhiskProxyTests {
    private let installation: Installation

    init() throws { installation = try Installation.make() }

    /// Starts a function as the proxy does: with neither PATH nor HOME, and a pipe on descriptor 3.
    private func start(_ function: String, _ variables: [String: String] = [:]) throws -> LineProcess {
        var environment = Programs.environment(installation.environment.merging(["__OW_PROXY_VERSION": "1"]) { $1 })
        for name in ["PATH", "HOME", "USER", "LOGNAME"] { environment[name] = nil }
        return try LineProcess(
            "/bin/sh", ["-c", "exec \"$0\" 3>&1 >&2", Programs.path(function)],
            environment: environment.merging(variables) { $1 }, errorOutput: .null)
    }

    private func ask(_ process: LineProcess, _ line: String) throws -> JSON {
        var rest = Array((line + "\n").utf8)[...]
        try waitUntil("it has read the line") {
            rest = rest.dropFirst(try process.writeSome(rest))
            return rest.isEmpty
        }
        return try JSON(parsing: Array(try process.readLine(seconds: 60).utf8))
    }

    @Test func `the proxy writes a line for each activation and gets a line for each`() throws {
        try installation.configure()
        let process = try start("recordConversion", ["__OW_WAIT_FOR_ACK": "true"])
        #expect(try process.readLine(seconds: 60) == #"{"ok":true}"#)
        let value =
            #"{"offerId":"o","affiliateId":"a","transactionId":"t","payout":12.30,"__ow_method":"post","__ow_headers":{"x":"y"}}"#
        let line = #"{"action_name":"/_/record","activation_id":"1","deadline":"1","value":\#(value)}"#
        #expect(try ask(process, line).at("conversion.payout") == "12.30")
        #expect(try ask(process, line)["duplicate"] == true)
        #expect(try ask(process, #"{"value":{"offerId":"o"}}"#).at("error.code") == "invalid_request")
        #expect(try ask(process, "nonsense").at("error.code") == "invalid_json")
        #expect(
            try ask(process, #"{"value":{"a":"\#(String(repeating: "x", count: 2 << 20))"}}"#).at("error.code")
                == "invalid_json")
        #expect(try ask(process, line)["duplicate"] == true)
        try waitUntil("one connection is kept") {
            try installation.value(
                """
                SELECT count(*)::text AS value FROM pg_stat_activity
                WHERE application_name = 'recordConversion' AND datname = current_database()
                """) == "1"
        }
        process.end(0)
    }

    @Test func `deliverPostback sends while the proxy waits, one activation after the other`() throws {
        let receiver = try RunningReceiver()
        let process = try start("deliverPostback")
        for number in 1...3 {
            let answer = try ask(
                process,
                #"{"value":{"deliveryId":\#(number),"attempt":1,"postback":{"url":"\#(receiver.url)/{delivery_id}","httpType":"GET"},"event":{"status":"done"},"conversion":{"offer":{"id":"o"},"affiliate":{"id":"a"}}}}"#
            )
            #expect(answer["outcome"] == "delivered" && answer["deliveryId"] == .integer(number))
        }
        #expect(receiver.requests.count == 3)
    }

    @Test func `a failure is an error on its line, and the process goes on`() throws {
        let process = try start("configureAffiliate", ["DATABASE_URL": "host=127.0.0.1 port=1 user=u dbname=x"])
        for _ in 1...2 {
            let answer = try ask(process, #"{"value":{"affiliateId":"ada"}}"#)
            #expect(answer.at("error.code") == "unavailable" && answer.at("error.retryable") == true)
        }
        let wrong = try start("configureAffiliate", ["LOG_LEVEL": "loud"])
        #expect(try ask(wrong, #"{"value":{"affiliateId":"ada"}}"#).at("error.code") == "misconfigured")
    }

    @Test func `the end of standard input is the end, and without descriptor 3 nothing begins`() throws {
        let environment = installation.environment.merging(["__OW_PROXY_VERSION": "1"]) { $1 }
        let outcome = try ChildProcess.run(
            "/bin/sh", ["-c", "exec \"$0\" 3>&1 >&2", Programs.path("configureAffiliate")],
            environment: Programs.environment(environment), input: Array(#"{"value":{"affiliateId":"ada"}}"#.utf8),
            timeout: .seconds(60))
        #expect(outcome.status == .exited(0))
        #expect(
            outcome.text.hasPrefix(#"{"affiliate":{"id":"ada""#) && outcome.text.hasSuffix("}\n"), "\(outcome.text)")
        let without = try Programs.run("configureAffiliate", input: "", environment: environment)
        #expect(without.status == .exited(70) && without.errorText.contains("descriptor 3"), "\(without.errorText)")
        #expect(without.text == "")
    }
}
