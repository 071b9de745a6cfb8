import Glibc

/// How this process is told from others.
package enum ThisProcess {
    package static var id: CInt { getpid() }

    /// The machine's name; empty where it has none.
    package static var hostName: String {
        let room = 255
        // One byte more stays NUL, also where the name is cut.
        var bytes = [CChar](repeating: 0, count: room + 1)
        guard unsafe gethostname(&bytes, room) == 0 else { return "" }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
