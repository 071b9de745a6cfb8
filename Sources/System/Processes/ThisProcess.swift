import Glibc

/// The identity of this process.
package enum ThisProcess {
    package static var id: CInt { getpid() }

    /// The machine's host name; empty if the system call fails.
    package static var hostName: String {
        let room = 255
        // The last byte stays NUL, even if the name is cut.
        var bytes = [CChar](repeating: 0, count: room + 1)
        guard unsafe gethostname(&bytes, room) == 0 else { return "" }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
