import Foundation
import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests settings as files, with real functions.
@Suite(.ownThreads) struct SettingsTests {
    private let ada = #"{"affiliateId":"ada"}"#

    private func call(_ installation: Installation, _ environment: [String: String]) throws -> FunctionCall {
        var variables = installation.environment
        variables["DATABASE_URL"] = nil
        return FunctionCall(
            try Programs.run(
                "configureAffiliate", input: ada, environment: variables.merging(environment) { $1 }))
    }

    private func write(_ bytes: some Sequence<UInt8>, in folder: TemporaryFolder) throws -> String {
        let path = "\(folder.path)/value"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test func `NAME_FILE names a file that holds the value, with or without white space around it`() throws {
        let installation = try Installation.make()
        let folder = try TemporaryFolder()
        for text in [
            "\(installation.database.connectionString)\n", "\n \(installation.database.connectionString) \r\n",
        ] {
            let path = try write(text.utf8, in: folder)
            #expect(try call(installation, ["DATABASE_URL_FILE": path]).status == .exited(0))
        }
    }

    @Test func `an empty setting counts as none`() throws {
        let installation = try Installation.make()
        let folder = try TemporaryFolder()
        let kept = try write(installation.database.connectionString.utf8, in: folder)
        let outcome = try call(installation, ["DATABASE_URL": "", "DATABASE_URL_FILE": kept, "LOG_LEVEL": ""])
        #expect(outcome.status == .exited(0))
    }

    @Test func `a file that is not there, a folder, no text, and both at once are misconfigured`() throws {
        let installation = try Installation.make()
        let folder = try TemporaryFolder()
        let binary = try write([0xFF, 0xFE], in: folder)
        let another = try TemporaryFolder()
        let good = try write(installation.database.connectionString.utf8, in: another)
        for environment in [
            ["DATABASE_URL_FILE": "\(folder.path)/nothing"], ["DATABASE_URL_FILE": folder.path],
            ["DATABASE_URL_FILE": binary],
            ["DATABASE_URL_FILE": good, "DATABASE_URL": installation.database.connectionString],
        ] {
            let call = try call(installation, environment)
            #expect(call.code == "misconfigured")
            #expect(call.status == .exited(78))
            #expect(call.message.contains("DATABASE_URL_FILE"))
        }
    }
}
