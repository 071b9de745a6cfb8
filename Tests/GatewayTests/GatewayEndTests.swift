import Glibc
import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

/// Tests how the gateway ends.
@Suite(.ownThreads, .withGateway) struct GatewayEndTests {
    private let installation: Installation

    init() throws {
        installation = try Installation.make()
        try installation.configure()
    }

    @Test func `accepted requests are answered, the functions end, and no further request is accepted`() throws {
        let gateway = try RunningGateway(installation)
        _ = try gateway.call("recordConversion", #"{"offerId":"o","affiliateId":"a","transactionId":"t0"}"#)
        // A lock in the database makes the next call wait.
        let lock = try installation.database.connect()
        try lock.execute(script: "BEGIN; LOCK TABLE conversions IN ACCESS EXCLUSIVE MODE")
        let waiting = try HTTPTestConnection(port: gateway.port)
        let body = Array(#"{"offerId":"o","affiliateId":"a","transactionId":"t1"}"#.utf8)
        try waiting.send("POST", "/function/recordConversion", body: body)
        let idle = try HTTPTestConnection(port: gateway.port)
        try waitUntil("it is under way") {
            try gateway.request("GET", "/metrics").text
                .contains(#"postbacks_function_waiting{function="recordConversion"} 1"#)
        }
        gateway.send(SIGTERM)
        #expect(try idle.waitForEnd())
        try waitUntil("it accepts nothing") { (try? HTTPTestConnection(port: gateway.port)) == nil }
        try lock.execute(script: "COMMIT")
        let answer = try waiting.receive()
        #expect(answer.status == 200 && answer.json["duplicate"] == false, "\(answer.text)")
        #expect(answer.headers["connection"] == "close")
        #expect(try gateway.end() == .exited(0))
        #expect(try installation.count("conversions") == 2)
    }

    @Test func `postbacks serve starts it, says where it listens, and ends it`() throws {
        let serve = try LineProcess(
            Programs.path("postbacks"), ["serve", "--port", "0"],
            environment: Programs.environment(
                installation.environment.merging(["POSTBACKS_FUNCTIONS": Programs.folder]) { $1 }),
            errorOutput: .null)
        let line = try serve.readLine(seconds: 60)
        #expect(line.hasPrefix("listening on http://127.0.0.1:"))
        let port = try #require(line.split(separator: ":").last.flatMap { UInt16($0) })
        let connection = try HTTPTestConnection(port: port)
        try connection.send("GET", "/readyz")
        #expect(try connection.receive().status == 200)
        serve.end(SIGTERM)
        #expect((try? HTTPTestConnection(port: port)) == nil)
    }

    @Test func `postbacks up starts it beside its poller, again after it was killed, and ends it`() throws {
        let folder = try TemporaryFolder()
        let log = try Descriptor.open("\(folder.path)/log", O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        let variables = ["POSTBACKS_FUNCTIONS": Programs.folder, "POSTBACKS_HOME": folder.path]
        let up = try ChildProcess(
            Programs.path("postbacks"), ["up", "--port", "0"],
            environment: Programs.environment(installation.environment.merging(variables) { $1 }), output: .null,
            errorOutput: .descriptor(log))
        func text() throws -> String { String(decoding: try FileSystem.read("\(folder.path)/log"), as: UTF8.self) }
        func ports() throws -> [UInt16] {
            try text().split(separator: "The console: http://127.0.0.1:").dropFirst()
                .compactMap { UInt16($0.prefix { $0 != "/" }) }
        }
        try waitUntil("the console is announced") { try ports().count == 1 }
        let first = try HTTPTestConnection(port: try ports()[0])
        try first.send("GET", "/readyz")
        #expect(try first.receive().status == 200)
        let gateway = try #require(
            FileSystem.names(in: "/proc").compactMap { CInt($0) }.first { process in
                let stat = (try? FileSystem.read("/proc/\(process)/stat", limit: 4096)) ?? []
                // The name is cut to 15 characters; the parent's id is the second field after it.
                let parts = String(decoding: stat, as: UTF8.self).split(separator: ") ")
                return parts.count == 2 && parts[0].hasSuffix("(postbacks-gatew")
                    && parts[1].split(separator: " ")[1] == "\(up.pid)"
            })
        Signals.send(SIGKILL, to: gateway)
        try waitUntil("it is announced again") { try ports().count == 2 }
        up.terminate(SIGTERM)
        #expect(try up.wait() == .exited(0))
        let port = try ports()[1]
        #expect((try? HTTPTestConnection(port: port)) == nil)
    }

    @Test func `a port that is taken is named`() throws {
        let gateway = try RunningGateway(installation)
        let outcome = try Programs.run(
            "postbacks", ["serve", "--port", "\(gateway.port)"],
            environment: installation.environment.merging(["POSTBACKS_FUNCTIONS": Programs.folder]) { $1 })
        #expect(outcome.status == .exited(78))
        #expect(outcome.errorText.contains("port \(gateway.port)"), "\(outcome.errorText)")
    }
}
