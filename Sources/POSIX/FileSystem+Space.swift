import CSystem
import Glibc

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
