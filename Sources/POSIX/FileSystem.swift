import CSystem
import Glibc

/// Files and folders by path.
package enum FileSystem {
    package enum Kind: Equatable { case file, folder, link, other }

    /// What is there; nil if nothing is, or a folder above may not be entered.
    /// - Parameter followingLinks: whether a symbolic link counts as what it points to.
    package static func kind(of path: String, followingLinks: Bool = true) -> Kind? {
        guard let status = status(of: path, followingLinks: followingLinks) else { return nil }
        return switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        case S_IFLNK: .link
        default: .other
        }
    }

    /// The numbers of the user and the group that own it, and its permission bits.
    package static func ownership(of path: String) -> (user: UInt32, group: UInt32, mode: UInt32)? {
        status(of: path, followingLinks: true).map { ($0.st_uid, $0.st_gid, UInt32($0.st_mode) & 0o7777) }
    }

    /// What a symbolic link says; nil for what is none.
    static func destination(ofLink path: String) -> String? {
        guard kind(of: path, followingLinks: false) == .link else { return nil }
        var text = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = unsafe readlink(path, &text, text.count)
        return length > 0 ? String(decoding: text.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    /// Makes a folder and those above it that are missing. What exists stays as it is.
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

    /// Makes a new, private folder whose name begins with `prefix`.
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

    /// The path without links, `.` and `..`; nil if it does not exist.
    package static func resolve(_ path: String) -> String? {
        guard let resolved = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// The names in a folder, sorted; none if it cannot be read.
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

    /// The file's bytes.
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

    /// Writes a file anew.
    package static func write(_ text: String, to path: String, mode: UInt32 = 0o644) throws(SystemError) {
        try Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: mode).writeAll(Array(text.utf8))
    }

    /// Gives a file or folder another name, in place of what has it. What does not exist stays so.
    package static func rename(_ path: String, to newPath: String) throws(SystemError) {
        guard unsafe Glibc.rename(path, newPath) == 0 || errno == ENOENT else { throw .last("rename \(path)") }
    }

    /// Removes a file, a link or an empty folder; it need not exist.
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

    /// Everything before the last slash.
    package static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func status(of path: String, followingLinks: Bool) -> stat? {
        var status = stat()
        let result = unsafe followingLinks ? stat(path, &status) : lstat(path, &status)
        return result == 0 ? status : nil
    }
}

extension Descriptor {
    /// The size in bytes; nil for what is no regular file.
    package var fileSize: Int? {
        var status = stat()
        guard unsafe fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    /// Cuts a file off behind so many bytes, and goes on writing there.
    package func truncate(to size: Int) throws(SystemError) {
        guard ftruncate(number, off_t(size)) == 0, lseek(number, off_t(size), SEEK_SET) >= 0 else {
            throw .last("ftruncate")
        }
    }

    /// Opens a file; children do not inherit it.
    package static func open(_ path: String, _ flags: CInt, mode: UInt32 = 0o644) throws(SystemError) -> Descriptor {
        let number = unsafe Glibc.open(path, flags | O_CLOEXEC, mode)
        guard number >= 0 else { throw .last("open \(path)") }
        return Descriptor(owning: number)
    }

    /// Another descriptor for the same, none of the standard three; children do not inherit it.
    package func duplicate() throws(SystemError) -> Descriptor {
        let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw .last("fcntl") }
        return Descriptor(owning: copy)
    }

    /// Takes the file's exclusive lock, which ends with `unlock` or the process; false if another has it.
    package func lock() throws(SystemError) -> Bool {
        if flock(number, LOCK_EX | LOCK_NB) == 0 { return true }
        guard errno == EWOULDBLOCK else { throw .last("flock") }
        return false
    }

    /// Gives the lock back. To close the descriptor may not do: a child that another thread has just begun has a copy of it until
    /// its program runs, and the lock lasts as long as any copy.
    package func unlock() throws(SystemError) {
        guard flock(number, LOCK_UN) == 0 else { throw .last("flock") }
    }
}
