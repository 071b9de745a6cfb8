import CSystem
import Glibc

extension FileSystem {
    /// Bytes of the file system that holds a path: those that are free for everybody, and all. Nil where it cannot be asked.
    package static func space(at path: String) -> (free: Int, size: Int)? {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { return nil }
        let unit = Int(clamping: status.f_frsize)
        func bytes(_ blocks: UInt64) -> Int { Int(clamping: blocks).multipliedReportingOverflow(by: unit).partialValue }
        return (bytes(UInt64(status.f_bavail)), bytes(UInt64(status.f_blocks)))
    }
}
