import CGlibc
import Glibc

/// A TCP socket that accepts connections. Non-blocking, not inherited by children.
package struct TCPListener: Sendable {
    package let descriptor: Descriptor
    /// The port that it listens on, also if the system chose it.
    package let port: UInt16

    /// `address` is a literal IPv4 or IPv6 address of this machine. Port 0 lets the system choose one. `backlog` is the
    /// number of connections that may wait to be accepted; nil refuses all until `listen` is called.
    package init(
        address: String = "127.0.0.1", port: UInt16 = 0, backlog: CInt? = SOMAXCONN
    ) throws(SystemError) {
        let endpoint = try SocketAddress(address, port: port)
        let descriptor = try Descriptor.socket(endpoint.family)
        try descriptor.set(SOL_SOCKET, SO_REUSEADDR, to: 1)
        guard unsafe endpoint.with({ unsafe bind(descriptor.number, $0, $1) }) == 0 else {
            throw .last("bind \(address) port \(port)")
        }
        self.descriptor = descriptor
        self.port = try SocketAddress(of: descriptor).port
        if let backlog { try listen(backlog: backlog) }
    }

    /// Sets how many connections may wait to be accepted from now on.
    package func listen(backlog: CInt = SOMAXCONN) throws(SystemError) {
        guard Glibc.listen(descriptor.number, backlog) == 0 else { throw .last("listen") }
    }

    /// The next waiting connection, non-blocking; nil when none waits.
    package func accept() throws(SystemError) -> Descriptor? { try descriptor.accept() }
}

extension Descriptor {
    /// Connects to a literal address and waits for the connection. The descriptor is non-blocking afterwards.
    package static func connect(to address: String, port: UInt16) throws(SystemError) -> Descriptor {
        let endpoint = try SocketAddress(address, port: port)
        let descriptor = try Descriptor.socket(endpoint.family)
        if unsafe endpoint.with({ unsafe Glibc.connect(descriptor.number, $0, $1) }) == 0 { return descriptor }
        guard errno == EINPROGRESS || errno == EINTR else { throw .last("connect \(address) port \(port)") }
        while try wait(for: [.write(descriptor)], atMost: nil) == [false] {}
        let code = try descriptor.pendingError()
        guard code == 0 else { throw SystemError(call: "connect \(address) port \(port)", code: code) }
        return descriptor
    }

    /// The next connection that waits at this listening socket, non-blocking; nil when none waits.
    package func accept() throws(SystemError) -> Descriptor? {
        while true {
            let number = accept4(number, nil, nil, CInt(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
            if number >= 0 { return Descriptor(owning: number) }
            switch errno {
            case EINTR, ECONNABORTED: continue
            case EAGAIN: return nil
            default: throw .last("accept")
            }
        }
    }

    /// Tells the other side that nothing more is sent. What it sends can still be read.
    package func endOutput() { _ = shutdown(number, CInt(SHUT_WR)) }

    /// Turns off Nagle's algorithm, so that written bytes are sent at once.
    package func setNoDelay() throws(SystemError) {
        try set(CInt(IPPROTO_TCP), TCP_NODELAY, to: 1)
    }

    /// Makes closing reset the connection and discard unsent bytes.
    package func resetOnClose() throws(SystemError) {
        var option = linger(l_onoff: 1, l_linger: 0)
        let size = socklen_t(MemoryLayout<linger>.size)
        guard unsafe setsockopt(number, SOL_SOCKET, SO_LINGER, &option, size) == 0 else { throw .last("setsockopt") }
    }

    /// A non-blocking UDP socket that is connected to a literal address. Datagrams may be lost.
    static func connectDatagrams(to address: String, port: UInt16) throws(SystemError) -> Descriptor {
        let endpoint = try SocketAddress(address, port: port)
        let descriptor = try Descriptor.socket(endpoint.family, SOCK_DGRAM)
        guard unsafe endpoint.with({ unsafe Glibc.connect(descriptor.number, $0, $1) }) == 0 else {
            throw .last("connect \(address) port \(port)")
        }
        return descriptor
    }

    static func socket(
        _ family: sa_family_t, _ type: __socket_type = SOCK_STREAM
    ) throws(SystemError) -> Descriptor {
        let kind = CInt(type.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let number = Glibc.socket(CInt(family), kind, 0)
        guard number >= 0 else { throw .last("socket") }
        return Descriptor(owning: number)
    }

    fileprivate func set(_ level: CInt, _ name: CInt, to value: CInt) throws(SystemError) {
        var option = value
        let size = socklen_t(MemoryLayout<CInt>.size)
        guard unsafe setsockopt(number, level, name, &option, size) == 0 else { throw .last("setsockopt") }
    }

    private func pendingError() throws(SystemError) -> CInt {
        var code: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        guard unsafe getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else { throw .last("getsockopt") }
        return code
    }
}

/// Makes writing to a closed pipe or socket fail with `EPIPE` instead of ending the process.
package func ignoreBrokenPipes() {
    signal(SIGPIPE, SIG_IGN)
}

/// An address and port as the kernel's `sockaddr`.
private struct SocketAddress {
    private var storage = sockaddr_storage()

    init(_ address: String, port: UInt16) throws(SystemError) {
        guard let bytes = addressBytes(of: address) else { throw SystemError(call: "address \(address)", code: EINVAL) }
        unsafe withUnsafeMutableBytes(of: &storage) { raw in
            // The layouts are sockaddr_in: family, port, address; and sockaddr_in6: family, port, flow, address, scope.
            let family = sa_family_t(bytes.count == 4 ? AF_INET : AF_INET6)
            unsafe raw.storeBytes(of: family, as: sa_family_t.self)
            unsafe raw.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
            let start = bytes.count == 4 ? 4 : 8
            for (index, byte) in bytes.enumerated() { unsafe raw[start + index] = byte }
        }
    }

    /// Reads the address of a bound socket.
    init(of descriptor: Descriptor) throws(SystemError) {
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutableBytes(of: &storage) { raw in
            unsafe getsockname(descriptor.number, raw.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
        }
        guard result == 0 else { throw .last("getsockname") }
    }

    var family: sa_family_t { storage.ss_family }

    var port: UInt16 {
        unsafe withUnsafeBytes(of: storage) { unsafe UInt16(bigEndian: $0.load(fromByteOffset: 2, as: UInt16.self)) }
    }

    func with(_ body: (UnsafePointer<sockaddr>?, socklen_t) -> CInt) -> CInt {
        let size = family == sa_family_t(AF_INET) ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
        return unsafe withUnsafeBytes(of: storage) { raw in
            unsafe body(raw.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(size))
        }
    }
}
