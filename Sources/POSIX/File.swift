import Glibc

/// Whole files.
package enum File {
    /// The file's bytes.
    /// - Throws: `SystemError`, with `EFBIG` for a file of more than `limit` bytes.
    package static func read(_ path: String, limit: Int = .max) throws(SystemError) -> [UInt8] {
        let number = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw .last("open \(path)") }
        let file = Descriptor(owning: number)
        var bytes: [UInt8] = []
        while case .bytes(let chunk) = try file.read(upTo: 65_536) {
            bytes += chunk
            if bytes.count > limit { throw SystemError(call: "read \(path)", code: EFBIG) }
        }
        return bytes
    }

    /// Makes the file or replaces what it holds.
    /// - Parameter mode: the permissions of a new file, e.g. `0o600`.
    package static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o644) throws(SystemError) {
        let number = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard number >= 0 else { throw .last("open \(path)") }
        try Descriptor(owning: number).writeAll(bytes)
    }

    package static func exists(_ path: String) -> Bool {
        unsafe access(path, F_OK) == 0
    }
}
