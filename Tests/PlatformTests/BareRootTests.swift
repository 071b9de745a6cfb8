import Glibc
import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests functions in a root that can only be read and that contains the function, its libraries and nothing else: no
/// passwd, no /proc, /dev, /etc or /tmp, and no HOME or PATH.
@Suite(.ownThreads, .enabled(if: User.isRoot, "only root can change the root")) struct BareRootTests {
    /// The memory of the smallest container in KiB.
    private static let memory = 64 << 10

    /// The mounts of the root, in a mount namespace of its own.
    private static let script = """
        set -e
        mount --bind "$BARE_ROOT" "$BARE_ROOT"
        mount --bind "$BARE_SOCKETS" "$BARE_ROOT/sockets"
        mount -o remount,bind,ro "$BARE_ROOT"
        ! touch "$BARE_ROOT/file" 2>/dev/null
        chroot=$(PATH=$PATH:/usr/sbin:/sbin command -v chroot)
        exec env -i $BARE_VARIABLES "$chroot" "$BARE_ROOT" /lib/loader --library-path /lib /lib/function "$@"
        """

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder(mode: 0o755)
        for name in ["lib", "sockets"] { try FileSystem.makeFolder("\(folder.path)/\(name)") }
    }

    private func copy(_ path: String, to name: String) throws {
        let file = try Descriptor.open("\(folder.path)/lib/\(name)", O_WRONLY | O_CREAT | O_TRUNC, mode: 0o755)
        try file.writeAll(try FileSystem.read(path))
    }

    /// Puts a function and everything that it loads into the root.
    private func install(_ function: String) throws {
        let program = Programs.path(function)
        let loaders = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"]
        let loader = try #require(loaders.first(where: Executable.isExecutable))
        try copy(loader, to: "loader")
        try copy(program, to: "function")
        let listed = try ChildProcess.run(loader, ["--list", program], timeout: .seconds(60))
        for line in listed.text.split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "\t" }
            if words.count > 2, words[2].hasPrefix("/") { try copy(String(words[2]), to: String(words[0])) }
        }
    }

    /// Runs the function with variables of which no value has a space.
    private func start(_ variables: [String: String], sockets: String) throws -> LineProcess {
        let environment = Programs.environment([
            "BARE_ROOT": folder.path, "BARE_SOCKETS": sockets,
            "BARE_VARIABLES": variables.map { "\($0)=\($1)" }.joined(separator: " "),
        ])
        return try LineProcess(
            "/usr/bin/unshare",
            ["--mount", "--propagation", "private", "/bin/sh", "-c", Self.script, "sh", "--stream"],
            environment: environment, errorOutput: .inherit)
    }

    private func answer(_ process: LineProcess, _ input: JSON) throws -> JSON {
        try process.write(Array((["id": 1, "input": input] as JSON).encodedText.utf8) + [0x0A])
        return try JSON(parsing: Array(try process.readLine(seconds: 60).utf8))
    }

    @Test func `recordConversion records through a socket, in less memory than the smallest container has`() throws {
        let installation = try Installation.make()
        try installation.configure()
        let sockets = try #require(try installation.value("SELECT current_setting('unix_socket_directories') AS value"))
        let name = try #require(try installation.value("SELECT current_database() AS value"))
        try install("recordConversion")
        let url = "postgresql://postbacks@/\(name)?host=/sockets"
        let process = try start(["DATABASE_URL": url], sockets: sockets)
        let answered = try answer(
            process, ["offerId": "o", "affiliateId": "a", "transactionId": "t", "payout": "1.50"])
        #expect(answered.at("output.duplicate") == false, "\(answered)")
        #expect(try installation.count("conversions") == 1)
        #expect(try process.peakMemory() < Self.memory)
        process.end(SIGTERM)
    }

    @Test func `deliverPostback delivers`() throws {
        let receiver = try RunningReceiver()
        try install("deliverPostback")
        let process = try start(["POSTBACKS_ALLOW_CIDRS": "127.0.0.0/8"], sockets: folder.path)
        let answered = try answer(
            process,
            [
                "deliveryId": 1, "attempt": 1,
                "postback": [
                    "id": 1, "version": 1, "url": .string("\(receiver.url)/?c={click_id}"), "httpType": "GET",
                ],
                "event": ["id": 1, "sequence": 1, "status": "done", "at": "2026-01-02T03:04:05.000Z"],
                "conversion": ["offer": ["id": "o1"], "affiliate": ["id": "a1"], "clickId": "c1"],
            ])
        #expect(answered.at("output.outcome") == "delivered", "\(answered)")
        #expect(receiver.requests.map(\.target) == ["/?c=c1"])
        #expect(try process.peakMemory() < Self.memory)
        process.end(SIGTERM)
    }
}
