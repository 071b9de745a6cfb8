import Glibc
import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests functions under a stand-in of OpenFaaS's classic watchdog.
@Suite(.ownThreads) struct WatchdogTests {
    @Test func `the watchdog passes on answers and final rejections, and fails for the rest`() throws {
        let installation = try Installation.make()
        try installation.configure()
        func start(_ variables: [String: String] = [:]) throws -> (process: LineProcess, port: UInt16) {
            let process = try LineProcess(
                try Python.interpreter(),
                ["\(Repository.root)/Tests/PlatformTests/watchdog.py", Programs.path("recordConversion")],
                environment: Programs.environment(installation.environment.merging(variables) { $1 }),
                errorOutput: .null)
            return (process, try #require(UInt16(try process.readLine(seconds: 60))))
        }
        let watchdog = try start()
        func call(_ body: String, port: UInt16) throws -> HTTPAnswer {
            try HTTPTestConnection(port: port).exchange("POST", "/", ["X-Call-Id": "1"], body: body)
        }
        let input = #"{"offerId":"o","affiliateId":"a","transactionId":"t1","payout":12.30}"#
        #expect(try call(input, port: watchdog.port).json.at("conversion.payout") == "12.30")
        #expect(try call(input, port: watchdog.port).json["duplicate"] == true)
        let wrong = try call("{}", port: watchdog.port)
        #expect(wrong.status == 200 && wrong.code == "invalid_request", "\(wrong.text)")
        let unknown = try call(#"{"offerId":"x","affiliateId":"a","transactionId":"t"}"#, port: watchdog.port)
        #expect(unknown.status == 200 && unknown.code == "not_found")
        let away = try start(["DATABASE_URL": "host=127.0.0.1 port=1 user=u dbname=x"])
        let answer = try call(input, port: away.port)
        #expect(answer.status == 500 && answer.text.hasPrefix("exit status 75\n{\"error\":"), "\(answer.text)")
        let broken = try start(["LOG_LEVEL": "loud"])
        #expect(try call(input, port: broken.port).text.hasPrefix("exit status 78\n"))
        for process in [watchdog.process, away.process, broken.process] { process.end(SIGTERM) }
    }
}
