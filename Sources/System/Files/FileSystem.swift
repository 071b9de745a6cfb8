import CGlibc
import Glibc

/// Files and folders by path.
package enum FileSystem {
    package enum Kind: Equatable { case file, folder, link, other }

    /// The kind of file at a path; nil if there is none, or a folder above it cannot be searched. `followingLinks` says
    /// whether a symbolic link counts as the file it points to.
    package static func kind(of path: String, followingLinks: Bool = true) -> Kind? {
        guard let status = status(of: path, followingLinks: followingLinks) else { return nil }
        return switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        case S_IFLNK: .link
        default: .other
        }
    }

    /// The numeric ids of the owner and the group, and the permission bits; nil if there is no such file.
    package static func ownership(of path: String) -> (user: UInt32, group: UInt32, mode: UInt32)? {
        status(of: path, followingLinks: true).map { ($0.st_uid, $0.st_gid, UInt32($0.st_mode) & 0o7777) }
    }

    /// The text of a symbolic link; nil if the path is no symbolic link.
    static func destination(ofLink path: String) -> String? {
        guard kind(of: path, followingLinks: false) == .link else { return nil }
        var text = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = unsafe readlink(path, &text, text.count)
        return length > 0 ? String(decoding: text.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    /// Distinguishes a file from one that takes its place at the same path, and from itself with another content.
    package struct Identity: Equatable, Sendable {
        private let place: [UInt64]
        private let changed: [Int]

        fileprivate init(_ status: stat) {
            place = [UInt64(status.st_dev), UInt64(status.st_ino)]
            changed = [Int(status.st_size), Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec)]
        }
    }

    /// The identity of the file at a path, behind symbolic links; nil if there is none.
    package static func identity(of path: String) -> Identity? {
        status(of: path, followingLinks: true).map(Identity.init)
    }

    /// Creates a folder and the missing ones above it. Existing folders are not changed.
    package static func makeFolder(_ path: String, mode: UInt32 = 0o755) throws(SystemError) {
        if unsafe mkdir(path, mode) == 0 { return }
        switch errno {
        case EEXIST where kind(of: path) == .folder: return
        case ENOENT:
            try makeFolder(parent(of: path))
            guard unsafe mkdir(path, mode) == 0 || errno == EEXIST else { throw .last("mkdir \(path)") }
        default: throw .last("mkdir \(path)")
        }
    }

    /// Creates a new folder that only this user can access. Its name begins with `prefix`.
    package static func makeTemporaryFolder(_ prefix: String) throws(SystemError) -> String {
        var template = Array("\(prefix)XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw .last("mkdtemp \(prefix)") }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    package static func setMode(_ mode: UInt32, of path: String) throws(SystemError) {
        guard unsafe chmod(path, mode) == 0 else { throw .last("chmod \(path)") }
    }

    package static func setOwner(user: UInt32, group: UInt32, of path: String) throws(SystemError) {
        guard unsafe lchown(path, user, group) == 0 else { throw .last("chown \(path)") }
    }

    package static func makeLink(at path: String, to destination: String) throws(SystemError) {
        guard unsafe symlink(destination, path) == 0 else { throw .last("symlink \(path)") }
    }

    /// The absolute path without links, `.` and `..`; nil if the file does not exist.
    package static func resolve(_ path: String) -> String? {
        guard let resolved = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// The sorted names in a folder; empty if it cannot be read.
    package static func names(in folder: String) -> [String] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Reads a file.
    /// - Throws: `SystemError`, with `EFBIG` for a file of more than `limit` bytes.
    package static func read(_ path: String, limit: Int = .max) throws(SystemError) -> [UInt8] {
        let file = try Descriptor.open(path, O_RDONLY)
        var bytes: [UInt8] = []
        while case .bytes(let more) = try file.read(upTo: 65536) {
            bytes += more
            if bytes.count > limit { throw SystemError(call: "read \(path)", code: EFBIG) }
        }
        return bytes
    }

    /// Writes a file and replaces its former content.
    package static func write(_ text: String, to path: String, mode: UInt32 = 0o644) throws(SystemError) {
        try Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: mode).writeAll(Array(text.utf8))
    }

    /// Renames a file or folder and replaces an existing file at the new path. Does nothing if the old path does not
    /// exist.
    package static func rename(_ path: String, to newPath: String) throws(SystemError) {
        guard unsafe Glibc.rename(path, newPath) == 0 || errno == ENOENT else { throw .last("rename \(path)") }
    }

    /// Removes a file, a link or an empty folder. Does nothing if the path does not exist.
    package static func remove(_ path: String) throws(SystemError) {
        guard unsafe Glibc.remove(path) == 0 || errno == ENOENT else { throw .last("remove \(path)") }
    }

    /// Removes a folder and everything in it, without following links.
    package static func removeTree(_ path: String) throws(SystemError) {
        if kind(of: path, followingLinks: false) == .folder {
            for name in names(in: path) { try removeTree("\(path)/\(name)") }
        }
        try remove(path)
    }

    /// The path before the last slash.
    package static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The part of the path after the last slash.
    package static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    private static func status(of path: String, followingLinks: Bool) -> stat? {
        var status = stat()
        let result = unsafe followingLinks ? stat(path, &status) : lstat(path, &status)
        return result == 0 ? status : nil
    }
}

extension Descriptor {
    /// The size in bytes; nil if it is no regular file.
    package var fileSize: Int? {
        var status = stat()
        guard unsafe fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    /// Truncates the file to `size` bytes and continues writing there.
    package func truncate(to size: Int) throws(SystemError) {
        guard ftruncate(number, off_t(size)) == 0, lseek(number, off_t(size), SEEK_SET) >= 0 else {
            throw .last("ftruncate")
        }
    }

    /// Waits until everything that was written is on the disk.
    package func sync() throws(SystemError) {
        guard fsync(number) == 0 else { throw .last("write") }
    }

    /// Opens a file; children do not inherit it.
    package static func open(_ path: String, _ flags: CInt, mode: UInt32 = 0o644) throws(SystemError) -> Descriptor {
        let number = unsafe Glibc.open(path, flags | O_CLOEXEC, mode)
        guard number >= 0 else { throw .last("open \(path)") }
        return Descriptor(owning: number)
    }

    /// A duplicate whose number is none of 0–2; children do not inherit it.
    package func duplicate() throws(SystemError) -> Descriptor {
        let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw .last("fcntl") }
        return Descriptor(owning: copy)
    }

    /// Takes an exclusive lock on the file (`flock`), which lasts until `unlock` or the end of the process.
    /// - Returns: false if another process has it.
    package func lock() throws(SystemError) -> Bool {
        if flock(number, LOCK_EX | LOCK_NB) == 0 { return true }
        guard errno == EWOULDBLOCK else { throw .last("flock") }
        return false
    }

    /// Releases the lock. Closing the descriptor may not be enough: a child that another thread is just starting has a
    /// copy of it until its program runs, and the lock lasts as long as any copy.
    package func unlock() throws(SystemError) {
        guard flock(number, LOCK_UN) == 0 else { throw .last("flock") }
    }
}

extension FileSystem {
    /// The free bytes for unprivileged users and the total bytes of the file system that holds a path; nil if the
    /// system call fails.
    package static func space(at path: String) -> (free: Int, size: Int)? {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { return nil }
        let unit = Int(clamping: status.f_frsize)
        func bytes(_ blocks: UInt64) -> Int { Int(clamping: blocks).multipliedReportingOverflow(by: unit).partialValue }
        return (bytes(UInt64(status.f_bavail)), bytes(UInt64(status.f_blocks)))
    }
}
