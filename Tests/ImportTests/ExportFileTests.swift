import Glibc
import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests that the target of an export keeps its kind: a file, a link, a device.
@Suite(.ownThreads) struct ExportFileTests {
    private static let line = "transactionId\nt1\n"

    private func place() throws -> Workplace {
        let place = try Workplace.make()
        try place.installation.record(["transactionId": "t1"])
        return place
    }

    private func export(_ place: Workplace, to output: String, _ more: String...) throws -> Workplace.Outcome {
        try place.run(
            ["export", "conversions", "--columns", "transactionId", "--format", "csv", "--output", output] + more)
    }

    @Test func `a full device is said to be full and stays a device`() throws {
        let place = try place()
        for name in ["/dev/full", "/dev/null"] {
            let outcome = try export(place, to: name)
            #expect(outcome.status == .exited(name == "/dev/full" ? 74 : 0), "\(outcome.log)")
            if name == "/dev/full" { #expect(outcome.log.contains("/dev/full cannot be written: No space left")) }
            #expect(FileSystem.kind(of: name) == .other)
        }
    }

    @Test func `a file keeps its mode, a link leads where it led, and a new file is its owner's alone`() throws {
        let place = try place()
        try place.write("file", "old")
        try FileSystem.setMode(0o644, of: place.path("file"))
        if User.isRoot { try FileSystem.setOwner(user: 4711, group: 4712, of: place.path("file")) }
        try FileSystem.makeLink(at: place.path("link"), to: "file")
        #expect(try export(place, to: "link").status == .exited(0))
        #expect(FileSystem.kind(of: place.path("link"), followingLinks: false) == .link)
        #expect(try place.read("file") == Self.line)
        let owner = FileSystem.ownership(of: place.path("file"))
        #expect(owner?.mode == 0o644)
        if User.isRoot { #expect(owner?.user == 4711 && owner?.group == 4712) }
        #expect(try export(place, to: "new").status == .exited(0))
        #expect(FileSystem.ownership(of: place.path("new"))?.mode == 0o600)
        #expect(FileSystem.names(in: FileSystem.parent(of: place.path("x"))) == ["file", "link", "new"])
    }

    @Test func `a FIFO and a descriptor of the shell's are written into`() throws {
        let place = try place()
        let command = "\(Programs.path("postbacks")) export conversions --columns transactionId --format csv --output"
        let script = """
            mkfifo fifo && cat fifo > from-fifo & sleep 0.1
            while [ ! -p fifo ]; do sleep 0.1; done
            \(command) fifo && wait && test -p fifo
            echo before > appended && \(command) /dev/stdout >> appended
            \(command) >(cat > from-shell)
            while [ ! -s from-shell ]; do sleep 0.1; done
            """
        let outcome = try ChildProcess.run(
            "/bin/bash", ["-ec", script], environment: Programs.environment(place.installation.environment),
            directory: FileSystem.parent(of: place.path("x")), timeout: .seconds(120))
        #expect(outcome.status == .exited(0), "\(outcome.errorText)")
        #expect(try place.read("from-fifo") == Self.line)
        #expect(try place.read("appended") == "before\n" + Self.line)
        #expect(try place.read("from-shell") == Self.line)
    }

    @Test func `an export that fails leaves the old file, and nothing else`() throws {
        let place = try place()
        try place.write("file", "old")
        #expect(try export(place, to: "file", "--since", "soon").status == .exited(65))
        let away = try place.run(
            "export", "conversions", "--output", "file", "--patience", "0",
            environment: ["DATABASE_URL": "host=127.0.0.1 port=1"])
        #expect(away.status == .exited(75), "\(away.log)")
        #expect(try place.read("file") == "old")
        #expect(FileSystem.names(in: FileSystem.parent(of: place.path("x"))) == ["file"])
    }

    @Test func `an output that cannot be written is 73 and named`() throws {
        let place = try place()
        try FileSystem.makeFolder(place.path("folder"))
        for name in ["folder", "missing/file.csv"] {
            let outcome = try export(place, to: name)
            #expect(outcome.status == .exited(73) && outcome.log.contains(name), "\(outcome.log)")
        }
        #expect(try export(place, to: "-").text == Self.line)
    }
}
