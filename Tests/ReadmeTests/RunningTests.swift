import Postgres
import System
import TestSupport
import TestThreads
import Testing

/// Runs the commands of local-runtime/README.md unchanged.
@Suite(.ownThreads) struct RunningTests {
    private static let path = "\(FileSystem.parent(of: #filePath))/../../local-runtime/README.md"

    /// The texts of its blocks in one language.
    private func blocks(_ kind: String) throws -> [String] {
        let text = String(decoding: try FileSystem.read(Self.path), as: UTF8.self)
        return text.split(separator: "```\(kind)\n").dropFirst().compactMap { part in
            part.split(separator: "```", omittingEmptySubsequences: false).first.map(String.init)
        }
    }

    @Test func `its commands work one after the other, and doctor says what it says there`() throws {
        let connection = try TestDatabase.make().connect()
        let socket = try #require(try connection.run("SHOW unix_socket_directories").first?.text(0))
        let commands = try blocks("console").flatMap { $0.split(separator: "\n") }.filter { $0.hasPrefix("$ ") }
            .map { String($0.dropFirst(2)) }
        #expect(commands.count > 15)
        let folder = try TemporaryFolder(mode: 0o700)
        // One shell runs all of them, so that exported variables stay. Each command is followed by its exit status.
        let script = commands.map { "\($0)\necho \"status $?\" >&3" }.joined(separator: "\n")
        let bash = try #require(Executable.find("bash"))
        let outcome = try ChildProcess.run(
            bash, ["-c", "exec 3> '\(folder.path)/statuses'\n\(script)"],
            environment: Programs.environment([
                "PGHOST": socket, "PGUSER": "postbacks", "POSTBACKS_FUNCTIONS": Programs.folder,
                "PATH": "\(Programs.folder):\(ProcessEnvironment["PATH"] ?? "")",
            ]), directory: folder.path, timeout: .seconds(300))
        let statuses = String(decoding: try FileSystem.read("\(folder.path)/statuses"), as: UTF8.self)
            .split(separator: "\n").map { $0.dropFirst("status ".count) }
        try #require(statuses.count == commands.count, "\(outcome.text)\(outcome.errorText)")
        let ended = zip(commands, statuses)
        for (command, status) in ended where !command.contains("postbacks doctor") {
            #expect(status == "0", "\(command): \(outcome.errorText)")
        }
        // The statuses of doctor without a key, on the copy, and on the adopted copy.
        let doctor = ended.filter { $0.0.contains("postbacks doctor") }.map(\.1)
        #expect(doctor == ["1", "1", "0"], "\(outcome.text)")
        #expect(outcome.text.contains("postbacks adopt"))
    }

    @Test(.enabled(if: Executable.find("systemd-analyze") != nil, "there is no systemd here"))
    func `its systemd units are valid`() throws {
        let analyze = try #require(Executable.find("systemd-analyze"))
        let folder = try TemporaryFolder()
        let names = ["postbacks-poller.service", "postbacks-doctor.service", "postbacks-doctor.timer"]
        let units = try blocks("ini")
        try #require(units.count == names.count)
        for (name, unit) in zip(names, units) {
            try FileSystem.write(
                unit.replacing("/opt/postbacks/bin/postbacks", with: Programs.path("postbacks")),
                to: "\(folder.path)/\(name)")
        }
        let outcome = try ChildProcess.run(
            analyze, ["verify", "--man=no"] + names.map { "\(folder.path)/\($0)" }, timeout: .seconds(60))
        #expect(outcome.status == .exited(0) && outcome.errorText.isEmpty, "\(outcome.errorText)")
    }

    @Test func `it copies every program that postbacks looks for`() throws {
        let copying = try #require(try blocks("sh").first)
        #expect(copying.contains("for f in functions/*/"))
        let folders = FileSystem.names(in: "\(FileSystem.parent(of: Self.path))/../functions")
            .filter { FileSystem.kind(of: "\(FileSystem.parent(of: Self.path))/../functions/\($0)") == .folder }
        let listed = try Programs.run("postbacks", ["doctor"], environment: ["POSTBACKS_FUNCTIONS": "/nonexistent"])
            .text
        let words = listed.split { !$0.isLetter }.map(String.init)
        for name in folders { #expect(words.contains(name), "\(name)") }
    }
}
