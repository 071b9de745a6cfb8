import Glibc

/// A socket in the file system that accepts connections. Non-blocking, not inherited by children.
package struct UnixListener: Sendable {
    package let descriptor: Descriptor

    /// Makes the socket's file with this mode. There must be no file at the path.
    package init(path: String, mode: UInt32) throws(SystemError) {
        let address = try UnixAddress(path)
        descriptor = try Descriptor.socket(sa_family_t(AF_UNIX))
        guard unsafe address.with({ unsafe bind(descriptor.number, $0, $1) }) == 0 else { throw .last("bind \(path)") }
        try FileSystem.setMode(mode, of: path)
        guard Glibc.listen(descriptor.number, SOMAXCONN) == 0 else { throw .last("listen") }
    }
}

extension Descriptor {
    /// Connects to a socket in the file system. The descriptor is non-blocking afterwards.
    package static func connect(toSocket path: String) throws(SystemError) -> Descriptor {
        let address = try UnixAddress(path)
        let descriptor = try Descriptor.socket(sa_family_t(AF_UNIX))
        guard unsafe address.with({ unsafe Glibc.connect(descriptor.number, $0, $1) }) == 0 else {
            throw .last("connect \(path)")
        }
        return descriptor
    }
}

/// A path as the kernel's `sockaddr`.
private struct UnixAddress {
    private var address = sockaddr_un()

    init(_ path: String) throws(SystemError) {
        let bytes = Array(path.utf8)
        // The last byte stays NUL.
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemError(call: "socket \(path)", code: ENAMETOOLONG)
        }
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    }

    func with(_ body: (UnsafePointer<sockaddr>?, socklen_t) -> CInt) -> CInt {
        unsafe withUnsafeBytes(of: address) { raw in
            unsafe body(
                raw.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}
