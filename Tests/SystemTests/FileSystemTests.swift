import System
import TestSupport
import Testing

struct FileSystemTests {
    @Test func `folders are made with those above them, and removed with what is in them but not what they link to`()
        throws
    {
        let folder = try TemporaryFolder()
        let outside = try TemporaryFolder()
        try FileSystem.write("kept", to: "\(outside.path)/file")
        try FileSystem.makeFolder("\(folder.path)/a/b/c", mode: 0o700)
        try FileSystem.makeFolder("\(folder.path)/a/b/c", mode: 0o700)
        #expect(FileSystem.ownership(of: "\(folder.path)/a/b/c")?.mode == 0o700)
        try FileSystem.write("text", to: "\(folder.path)/a/b/file")
        try FileSystem.makeLink(at: "\(folder.path)/a/link", to: outside.path)
        #expect(FileSystem.names(in: "\(folder.path)/a") == ["b", "link"])
        #expect(FileSystem.kind(of: "\(folder.path)/a/link", followingLinks: false) == .link)
        #expect(FileSystem.kind(of: "\(folder.path)/a/link") == .folder)
        #expect(try FileSystem.read("\(folder.path)/a/b/file") == Array("text".utf8))
        try FileSystem.removeTree("\(folder.path)/a")
        #expect(FileSystem.kind(of: "\(folder.path)/a") == nil)
        #expect(try FileSystem.read("\(outside.path)/file") == Array("kept".utf8))
    }

    @Test func `a file is another one when it is replaced or written, and none where there is none`() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/file"
        #expect(FileSystem.identity(of: path) == nil)
        try FileSystem.write("a", to: path)
        let first = FileSystem.identity(of: path)
        #expect(first != nil && first == FileSystem.identity(of: path))
        try FileSystem.makeLink(at: "\(folder.path)/link", to: "file")
        #expect(FileSystem.identity(of: "\(folder.path)/link") == first)
        try FileSystem.write("a", to: "\(path).new")
        try FileSystem.rename("\(path).new", to: path)
        let second = FileSystem.identity(of: path)
        #expect(second != nil && second != first)
        try FileSystem.write("ab", to: path)
        #expect(FileSystem.identity(of: path) != second)
    }

    @Test func `only one process gets a lock`() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/lock"
        let first = try Descriptor.open(path, 0o102)
        #expect(try first.lock())
        #expect(try !Descriptor.open(path, 0o102).lock())
    }

    @Test func `a lock that was given back is free, although a child has a copy of the descriptor`() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/lock"
        let first = try Descriptor.open(path, 0o102)
        let copy = try first.duplicate()
        #expect(try first.lock())
        try first.unlock()
        #expect(try Descriptor.open(path, 0o102).lock())
        withExtendedLifetime(copy) {}
    }
}
