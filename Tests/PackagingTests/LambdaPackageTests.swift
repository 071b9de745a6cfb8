import JSON
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests that the zips for AWS Lambda run in a root that contains nothing else.
@Suite(.ownThreads) struct LambdaPackageTests {
    /// An input of deliverPostback.
    private func delivery(to url: String) -> String {
        let input: JSON = [
            "deliveryId": 1, "attempt": 1,
            "postback": ["id": 1, "version": 1, "url": .string("\(url)/?c={click_id}"), "httpType": "GET"],
            "event": ["id": 1, "sequence": 1, "status": "done", "at": "2026-01-02T03:04:05.000Z"],
            "conversion": ["offer": ["id": "o1"], "affiliate": ["id": "a1"], "clickId": "c1"],
        ]
        return input.encodedText
    }

    /// A root that contains the emulator, the file `/dev/null` that it opens, and nothing else that is of use.
    private func bareRoot() throws -> TemporaryFolder {
        let root = try TemporaryFolder(mode: 0o755)
        try FileSystem.makeFolder("\(root.path)/var/task")
        try FileSystem.makeFolder("\(root.path)/opt")
        try FileSystem.makeFolder("\(root.path)/dev")
        try FileSystem.write("", to: "\(root.path)/dev/null", mode: 0o666)
        // A library of the system, which must not be taken for the one in the zip.
        try FileSystem.makeFolder("\(root.path)/lib64")
        try FileSystem.write("no library", to: "\(root.path)/lib64/libc.so.6")
        let emulator = try FileSystem.read(try LambdaEmulator.program())
        try Descriptor.open("\(root.path)/emulator", 0o101, mode: 0o755).writeAll(emulator)
        return root
    }

    /// The emulator in a root, with the function that was unpacked there.
    private func emulator(in root: TemporaryFolder) throws -> LambdaEmulator {
        let chroot = try #require(Executable.find("chroot", searchPath: "/usr/sbin:/usr/bin:/sbin"))
        return try LambdaEmulator(
            command: ["/var/task/bootstrap"],
            environment: [
                "POSTBACKS_ALLOW_CIDRS": "127.0.0.0/8",
                // Lambda's own value, in which the system's libraries come first.
                "LD_LIBRARY_PATH": "/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
            ], start: [chroot, root.path], program: "/emulator")
    }

    @Test(.enabled(if: User.isRoot, "only root can change the root"), arguments: [false, true])
    func `a zip runs in a root that contains nothing else`(hasLayer: Bool) throws {
        let package = try PackagedFolder(["lambda", "deliverPostback"] + (hasLayer ? ["--layer"] : []))
        #expect(
            package.names == ["deliverPostback.zip"] + (hasLayer ? ["postbacks-layer.zip"] : []) + ["template.yaml"])
        let root = try bareRoot()
        try package.unpack("deliverPostback.zip", to: "\(root.path)/var/task")
        if hasLayer { try package.unpack("postbacks-layer.zip", to: "\(root.path)/opt") }
        let receiver = try RunningReceiver()
        let emulator = try emulator(in: root)
        #expect(try emulator.call(delivery(to: receiver.url))["outcome"] == "delivered", "\(emulator.log)")
        #expect(receiver.requests.map(\.target) == ["/?c=c1"])
        // Without certificates the function would be misconfigured; so it is the receiver that speaks no TLS.
        let secure = "https://127.0.0.1:\(receiver.port)"
        #expect(try emulator.call(delivery(to: secure)).at("error.code") == "tls", "\(emulator.log)")
    }

    @Test func `a program that a loader was called with finds the functions beside itself`() throws {
        let loaders = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"]
        let loader = try #require(loaders.first(where: Executable.isExecutable))
        let outcome = try ChildProcess.run(
            loader, [Programs.path("postbacks"), "invoke", "deliverPostback"], environment: Programs.environment(),
            input: Array("no JSON".utf8), timeout: .seconds(60))
        #expect(outcome.status == .exited(65) && outcome.text.contains("invalid_json"), "\(outcome.errorText)")
    }

    @Test func `the same programs make the same zips`() throws {
        let packages = [
            try PackagedFolder(["lambda", "deliverPostback"]), try PackagedFolder(["lambda", "deliverPostback"]),
        ]
        #expect(try packages[0].bytes("deliverPostback.zip") == packages[1].bytes("deliverPostback.zip"))
        #expect(packages[0].text.contains("deliverPostback.zip"))
    }

    @Test func `the template gives each function only the secrets that it needs`() throws {
        let package = try PackagedFolder(["lambda", "deliverPostback", "recordConversion", "--layer"])
        let template = try package.text(of: "template.yaml")
        let resources = try #require(template.split(separator: "Resources:").last).split(separator: "\n\n")
        func resource(_ name: String) -> String {
            resources.first { $0.contains("  \(name):\n") }.map(String.init) ?? ""
        }
        #expect(resource("RecordConversion").contains("DATABASE_URL: "))
        #expect(!resource("RecordConversion").contains("POSTBACKS_ENCRYPTION_KEY"))
        #expect(resource("DeliverPostback").contains("POSTBACKS_ENCRYPTION_KEY: "))
        #expect(!resource("DeliverPostback").contains("DATABASE_URL"))
        #expect(
            template.contains("CodeUri: recordConversion.zip") && template.contains("ContentUri: postbacks-layer.zip"))
    }

    @Test func `a function that does not exist and a file that is not there are named`() throws {
        for (arguments, word) in [
            (["lambda", "recordConversions", "--output", "x"], "\"recordConversion\"?"),
            (["lambda", "recordConversion", "--output", "/proc/x"], "/proc/x"),
            (["lambda", "recordConversion", "--output", "x", "--ca-file", "/none"], "/none"),
            (["systemd", "--output", "x", "--program", "postbacks"], "absolute path"),
        ] {
            let outcome = try Programs.run(
                "postbacks", ["package"] + arguments, environment: ["POSTBACKS_FUNCTIONS": Programs.folder])
            #expect(outcome.status != .exited(0) && outcome.errorText.contains(word), "\(outcome.errorText)")
        }
    }
}
