import Glibc
import Postgres
import System
import TestSupport
import TestThreads
import Testing

/// Tests `postbacks serve --function` under a stand-in of Fn's agent.
@Suite(.ownThreads) struct FnAgentTests {
    @Test func `the agent finds the socket and gets 200 and 502`() throws {
        let installation = try Installation.make()
        try installation.configure()
        let folder = try TemporaryFolder(mode: 0o755)
        let path = "\(folder.path)/lsnr.sock"
        let server = try LineProcess(
            Programs.path("postbacks"), ["serve", "--function", "recordConversion"],
            environment: Programs.environment(
                installation.environment.merging([
                    "POSTBACKS_FUNCTIONS": Programs.folder, "FN_LISTENER": "unix:\(path)", "FN_FORMAT": "http-stream",
                ]) { $1 }), errorOutput: .null)
        let agent = try LineProcess(
            try Python.interpreter(), ["\(Repository.root)/Tests/PlatformTests/fn_agent.py", path],
            environment: Python.environment)
        func call(_ line: String) throws -> String {
            try agent.write(Array((line + "\n").utf8))
            return try agent.readLine(seconds: 60)
        }
        let input = #"POST {"offerId":"o","affiliateId":"a","transactionId":"t","payout":12.30}"#
        #expect(try call(input).hasPrefix(#"200 - {"conversion":{"#))
        #expect(try call("POST {}").hasPrefix(#"200 400 {"error":{"code":"invalid_request""#))
        #expect(try call(#"POST {"offerId":"x","affiliateId":"a","clickId":"c"}"#).hasPrefix("200 422 {"))
        #expect(try call("GET ").hasPrefix("502 - {"))
        try installation.database.connect().execute(
            script: "ALTER TABLE conversions ADD CONSTRAINT never CHECK (transaction_id <> 'x')")
        #expect(try call(#"POST {"offerId":"o","affiliateId":"a","transactionId":"x"}"#).hasPrefix("502 - {"))
        #expect(try call(input).hasPrefix(#"200 - {"conversion":{"#))
        #expect(try server.readLine(seconds: 60) == "listening on unix:\(path)")
        server.end(SIGINT)
        #expect(FileSystem.names(in: folder.path) == [])
        agent.end(SIGTERM)
    }

    @Test func `files of a container before are replaced, and a wrong FN_LISTENER is named`() throws {
        let installation = try Installation.make()
        let folder = try TemporaryFolder(mode: 0o755)
        let variables = installation.environment.merging(["POSTBACKS_FUNCTIONS": Programs.folder]) { $1 }
        for _ in 1...2 {
            let server = try LineProcess(
                Programs.path("postbacks"), ["serve", "--function", "listOffers"],
                environment: Programs.environment(variables.merging(["FN_LISTENER": "unix:\(folder.path)/s"]) { $1 }))
            #expect(try server.readLine(seconds: 60) == "listening on unix:\(folder.path)/s")
            let answer = try HTTPTestConnection(socketPath: "\(folder.path)/s").exchange("POST", "/call", body: "{}")
            #expect(answer.status == 200)
            server.end(SIGKILL)
        }
        for wrong in ["tcp:1", "unix:/nowhere/s"] {
            let outcome = try Programs.run(
                "postbacks", ["serve", "--function", "listOffers"],
                environment: variables.merging(["FN_LISTENER": wrong]) { $1 })
            #expect(outcome.status == .exited(78) && outcome.errorText.contains("FN_LISTENER"), "\(outcome.errorText)")
        }
    }
}
