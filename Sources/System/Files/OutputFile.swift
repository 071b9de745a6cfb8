import Glibc

/// A file that a program writes from beginning to end. A regular file is written under a temporary name in the same
/// folder, and replaces the existing one, with its owner and mode, when it is complete. A symbolic link is followed and
/// kept. Anything else (a device, a FIFO, `/dev/stdout`, the shell's `/dev/fd/63`) is written directly.
package final class OutputFile {
    package let descriptor: Descriptor
    /// The path of the temporary file and the path that it will replace; nil if the file is written directly.
    private let replacement: (draft: String, target: String)?
    private var isComplete = false

    /// Opens the file. For a FIFO, it waits for the reader. `mode` is the permission bits of a new file. Throws
    /// `SystemError` with the path, also if an existing file is not writable.
    package init(_ path: String, mode: UInt32) throws(SystemError) {
        if let number = OutputFile.descriptorNumber(path) {
            descriptor = try Descriptor(borrowing: number).duplicate()
            replacement = nil
            return
        }
        switch FileSystem.kind(of: path) {
        case nil:
            let target = try OutputFile.endOfLinks(path)
            (descriptor, replacement) = try OutputFile.open(beside: target, owner: nil, mode: mode)
        case .file:
            // A file that is not writable is not replaced either, although the folder would allow it.
            guard unsafe access(path, W_OK) == 0 else { throw .last("open \(path)") }
            guard let target = FileSystem.resolve(path), let owner = FileSystem.ownership(of: target) else {
                throw .last("open \(path)")
            }
            (descriptor, replacement) = try OutputFile.open(beside: target, owner: owner, mode: owner.mode)
        case .folder: throw SystemError(call: "open \(path)", code: EISDIR)
        case .link, .other:
            descriptor = try Descriptor.open(path, O_WRONLY | O_NOCTTY)
            replacement = nil
        }
    }

    deinit {
        if !isComplete, let replacement { try? FileSystem.remove(replacement.draft) }
    }

    /// Syncs the file to disk and moves it to its final path. Without this call the existing file stays unchanged.
    package func complete() throws(SystemError) {
        guard let replacement else { return }
        guard fsync(descriptor.number) == 0 || errno == EINVAL else { throw .last("write \(replacement.target)") }
        guard unsafe Glibc.rename(replacement.draft, replacement.target) == 0 else {
            throw .last("rename \(replacement.draft)")
        }
        isComplete = true
    }

    /// Creates the temporary file in the folder of its target.
    private static func open(
        beside target: String, owner: (user: UInt32, group: UInt32, mode: UInt32)?, mode: UInt32
    ) throws(SystemError) -> (Descriptor, (draft: String, target: String)) {
        let draft = draftPath(target)
        let file: Descriptor
        do throws(SystemError) {
            file = try Descriptor.open(draft, O_WRONLY | O_CREAT | O_EXCL, mode: mode & 0o600)
        } catch {
            // The error names the target, because nobody knows the temporary file's name.
            throw SystemError(call: "open \(target)", code: error.code)
        }
        do throws(SystemError) {
            // The owner is set first, because changing it clears bits of the mode.
            if let owner, let own = FileSystem.ownership(of: draft), owner.user != own.user || owner.group != own.group
            {
                guard fchown(file.number, owner.user, owner.group) == 0 else { throw .last("chown \(target)") }
            }
            guard fchmod(file.number, mode) == 0 else { throw .last("chmod \(target)") }
        } catch {
            try? FileSystem.remove(draft)
            throw error
        }
        return (file, (draft, target))
    }

    /// A name that no other process uses, not even one in another container that shares the folder.
    private static func draftPath(_ target: String) -> String {
        let folder = FileSystem.parent(of: target)
        let name = target.split(separator: "/").last.map { String(decoding: $0.utf8.prefix(200), as: UTF8.self) } ?? ""
        return "\(folder == "/" ? "" : folder)/.\(name).\(getpid())-\(UInt64.random(in: .min ... .max)).part"
    }

    /// The path at the end of a chain of links. A link may point to a file that does not exist.
    private static func endOfLinks(_ path: String) throws(SystemError) -> String {
        var path = path
        for _ in 0..<40 {
            guard let next = FileSystem.destination(ofLink: path) else { return path }
            path = next.hasPrefix("/") ? next : "\(FileSystem.parent(of: path))/\(next)"
        }
        throw SystemError(call: "open \(path)", code: ELOOP)
    }

    /// The descriptor that a path stands for. Opening the path anew would start at the beginning of its file.
    private static func descriptorNumber(_ path: String) -> CInt? {
        switch path {
        case "/dev/stdin": return STDIN_FILENO
        case "/dev/stdout": return STDOUT_FILENO
        case "/dev/stderr": return STDERR_FILENO
        default:
            let folder = ["/dev/fd/", "/proc/self/fd/"].first { path.hasPrefix($0) }
            return folder.flatMap { CInt(path.dropFirst($0.count)) }
        }
    }
}
