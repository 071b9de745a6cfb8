import Glibc
import System
import TestSupport
import TestThreads
import Testing

/// Tests that a file keeps its kind, and is never replaced by an incomplete one.
@Suite(.ownThreads) struct OutputFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func path(_ name: String) -> String { "\(folder.path)/\(name)" }
    private func text(_ name: String) throws -> String {
        String(decoding: try FileSystem.read(path(name)), as: UTF8.self)
    }

    private func write(_ text: String, to path: String, mode: UInt32 = 0o600) throws {
        let file = try OutputFile(path, mode: mode)
        try file.descriptor.writeAll(Array(text.utf8))
        try file.complete()
    }

    @Test func `a new file has the mode that is asked for, and nothing else is left in its folder`() throws {
        try write("new", to: path("file"), mode: 0o640)
        #expect(try text("file") == "new")
        #expect(FileSystem.ownership(of: path("file"))?.mode == 0o640)
        #expect(FileSystem.names(in: folder.path) == ["file"])
    }

    @Test func `a file is replaced when all is written, and keeps its mode and owner`() throws {
        try FileSystem.write("old", to: path("file"))
        try FileSystem.setMode(0o604, of: path("file"))
        if User.isRoot { try FileSystem.setOwner(user: 4711, group: 4712, of: path("file")) }
        var file: OutputFile? = try OutputFile(path("file"), mode: 0o600)
        try file?.descriptor.writeAll(Array("new".utf8))
        #expect(try text("file") == "old")
        file = nil
        #expect(try text("file") == "old")
        #expect(FileSystem.names(in: folder.path) == ["file"])
        try write("new", to: path("file"))
        #expect(try text("file") == "new")
        let owner = try #require(FileSystem.ownership(of: path("file")))
        #expect(owner.mode == 0o604)
        if User.isRoot { #expect(owner.user == 4711 && owner.group == 4712) }
    }

    @Test(arguments: ["target", "missing"]) func `a link stays one, and what it leads to is written`(target: String)
        throws
    {
        try FileSystem.makeFolder(path("inner"))
        try FileSystem.write("old", to: path("inner/target"))
        try FileSystem.makeLink(at: path("second"), to: "inner/\(target)")
        try FileSystem.makeLink(at: path("first"), to: path("second"))
        try write("new", to: path("first"))
        #expect(FileSystem.kind(of: path("first"), followingLinks: false) == .link)
        #expect(FileSystem.kind(of: path("second"), followingLinks: false) == .link)
        #expect(try text("inner/\(target)") == "new")
    }

    @Test func `a FIFO is written into and stays one`() throws {
        let outcome = try ChildProcess.run("/bin/sh", ["-c", "mkfifo \"$0\"", path("fifo")])
        #expect(outcome.status == .exited(0))
        let reader = try ChildProcess("/bin/cat", [path("fifo")], output: .pipe)
        try write("through", to: path("fifo"))
        #expect(try reader.output?.read(upTo: 100) == .bytes(Array("through".utf8)))
        #expect(try reader.wait() == .exited(0))
        #expect(FileSystem.kind(of: path("fifo")) == .other)
    }

    @Test func `a device is written into, and says when it is full`() throws {
        try write("gone", to: "/dev/null")
        #expect(throws: SystemError(call: "write", code: ENOSPC)) { try write("much", to: "/dev/full") }
        for device in ["/dev/null", "/dev/full"] { #expect(FileSystem.kind(of: device) == .other) }
    }

    @Test func `what is a descriptor already is written to where it stands`() throws {
        try FileSystem.write("old\n", to: path("file"))
        let file = try Descriptor.open(path("file"), O_WRONLY | O_APPEND)
        for place in ["/dev/fd/\(file.number)", "/proc/self/fd/\(file.number)"] { try write("more\n", to: place) }
        #expect(try text("file") == "old\nmore\nmore\n")
    }

    @Test func `a folder, a folder that is missing and a ring of links are refused with the path`() throws {
        try FileSystem.makeLink(at: path("ring"), to: "ring")
        for (name, code) in [(".", EISDIR), ("missing/file", ENOENT), ("ring", ELOOP)] {
            do throws(SystemError) {
                _ = try OutputFile(path(name), mode: 0o600)
                Issue.record("\(name) was opened")
            } catch {
                #expect(error.code == code)
                #expect(error.call.hasPrefix("open \(folder.path)"), "\(error)")
            }
        }
    }
}
