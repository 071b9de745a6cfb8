import FunctionRuntime
import Glibc
import System

/// A file, folder or port that the user has named and that cannot be used.
struct FileFailure: Error {
    /// The raw values are the exit statuses of sysexits.h: EX_NOINPUT, EX_CANTCREAT, EX_IOERR.
    enum Kind: Int32 {
        case noInput = 66
        case cannotCreate = 73
        case cannotWrite = 74
    }

    let kind: Kind
    let message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// The failure for a system call on a file or port; nil if no file is to blame.
    init?(_ error: SystemError) {
        let isWriting = ["write", "rename", "ftruncate"].contains { error.call.hasPrefix($0) }
        if isWriting || [ENOSPC, EDQUOT, EFBIG, EIO].contains(error.code) {
            self.init(.cannotWrite, "\(error)")
        } else if error.call.hasPrefix("read") {
            self.init(.noInput, "\(error)")
        } else if FileFailure.denials.contains(error.code) {
            self.init(.cannotCreate, "\(error)")
        } else {
            return nil
        }
    }

    private static let denials = [
        ENOENT, ENOTDIR, EISDIR, EACCES, EPERM, EROFS, EEXIST, ELOOP, ENAMETOOLONG, ENXIO, ETXTBSY, EADDRINUSE,
        EADDRNOTAVAIL,
    ]
}

/// A file that the user has named to be read.
enum InputFile {
    /// The path `-` stands for standard input.
    static func open(_ path: String) throws(FileFailure) -> Descriptor {
        if path == "-" { return .standardInput }
        if FileSystem.kind(of: path) == .folder { throw FileFailure(.noInput, "\(path) is a folder; name a file") }
        do throws(SystemError) {
            return try Descriptor.open(path, O_RDONLY)
        } catch {
            throw FileFailure(.noInput, "\(path) cannot be read: \(error.reason)")
        }
    }
}

extension OutputFile {
    /// Opens a file that the user has named to be written. It may contain addresses or secrets, so a new file gets mode
    /// 0600.
    static func open(_ path: String) throws(FileFailure) -> OutputFile {
        do throws(SystemError) {
            return try OutputFile(path, mode: 0o600)
        } catch {
            throw FileFailure(.cannotCreate, "\(path) cannot be written: \(error.reason)")
        }
    }
}
