import Postgres
import Receiver
import Store
import System
import TestSupport
import TestThreads
import Testing

@testable import postbacks

/// Runs the commands of the README unchanged.
@Suite(.ownThreads) struct ReadmeTests {
    private static let root = FileSystem.resolve("\(FileSystem.parent(of: #filePath))/../..") ?? "."

    private func readme() throws -> String {
        String(decoding: try FileSystem.read("\(Self.root)/README.md"), as: UTF8.self)
    }

    @Test func `its table of settings is the program's own list`() throws {
        let lines = try readme().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let header = try #require(lines.firstIndex(of: "| setting | default | meaning |"))
        let rows = Array(lines[(header + 2)...].prefix { !$0.isEmpty })
        #expect(rows == SettingsTable.markdownRows, "\(SettingsTable.markdownRows.joined(separator: "\n"))")
    }

    @Test func `it stays short enough to be read`() throws {
        #expect(try readme().split(separator: "\n", omittingEmptySubsequences: false).count < 150)
    }

    @Test func `SECURITY names tests that there are, and is short enough to be read`() throws {
        #expect(try readme().contains("](SECURITY.md)"))
        let text = String(decoding: try FileSystem.read("\(Self.root)/SECURITY.md"), as: UTF8.self)
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count < 120)
        let names = text.split(separator: "`").filter { $0.hasSuffix("Tests") && !$0.contains(" ") }.map(String.init)
        #expect(names.count > 15)
        let folders = FileSystem.names(in: "\(Self.root)/Tests")
        let files = folders.flatMap { folder in
            let inside = FileSystem.names(in: "\(Self.root)/Tests/\(folder)")
            return inside + inside.flatMap { FileSystem.names(in: "\(Self.root)/Tests/\(folder)/\($0)") }
        }
        for name in names { #expect(folders.contains(name) || files.contains("\(name).swift"), "\(name)") }
    }

    @Test func `the commands by hand do what it says`() async throws {
        let database = try TestDatabase.withTables()
        let block = try #require(
            try readme().split(separator: "```sh\n").dropFirst().first?.split(separator: "```").first)
        let receiver = try RunningReceiver()
        // The test runs its own receiver, so that it can check the requests.
        let script = block.split(separator: "\n").filter { !$0.hasPrefix("postbacks receive") }.joined(separator: "\n")
        let environment = Programs.environment([
            "DATABASE_URL": database.connectionString, "POSTBACKS_ALLOW_CIDRS": "127.0.0.0/8",
            "PATH": "\(Programs.folder):\(ProcessEnvironment["PATH"] ?? "")",
            "POSTBACKS_RECEIVER": "127.0.0.1:\(receiver.port)",
            "POSTBACKS_ENCRYPTION_KEY": Installation.encryptionKey("test", 7),
        ])
        let bash = try #require(Executable.find("bash"))
        // The fixtures name port 8099; a filter replaces it by the receiver's port.
        let filtered = script.split(separator: "\n").map { line in
            line.contains(" < ")
                ? line.split(separator: " < ").reversed().joined(
                    separator: " | sed s/127.0.0.1:8099/$POSTBACKS_RECEIVER/ | "
                )
                .withPrefix("cat ") : String(line)
        }.joined(separator: "\n")
        let outcome = try ChildProcess.run(
            bash, ["-ec", filtered], environment: environment, directory: Self.root, input: [])
        #expect(outcome.status == .exited(0), "\(outcome.text)\(outcome.errorText)")
        #expect(outcome.text.contains(#""duplicate":true"#))
        #expect(outcome.text.contains(#""state":"owed""#))

        let poller = try ChildProcess(
            Programs.path("postbacks"), ["poll"], environment: environment, errorOutput: .null)
        defer {
            poller.terminate()
            _ = try? poller.wait()
        }
        let requests = try await receiver.waitForRequests(count: 1)
        #expect(requests.first?.target.hasPrefix("/ada/pending?click=click-1001") == true)
    }
}

extension String {
    fileprivate func withPrefix(_ prefix: String) -> String { prefix + self }
}
