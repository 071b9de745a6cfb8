import Glibc
import System

/// The reason why a name has no address, as the system's resolver reports it.
package struct NameLookupFailure: Error, Equatable, CustomStringConvertible {
    package let description: String
    /// Whether the cause is this system and not the name: no name server answers, or no memory or descriptor is left.
    package let isOfThisSystem: Bool

    package init(_ description: String, isOfThisSystem: Bool = false) {
        self.description = description
        self.isOfThisSystem = isOfThisSystem
    }
}

/// Every address of a host name, 4 or 16 bytes each, in the order in which they should be tried (RFC 6724). It uses the
/// system's resolver and blocks until that answers or gives up.
package func lookUpAddresses(of name: String) -> Result<[[UInt8]], NameLookupFailure> {
    var hints = unsafe addrinfo()
    unsafe hints.ai_family = AF_UNSPEC
    unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
    var first: UnsafeMutablePointer<addrinfo>?
    let code = unsafe getaddrinfo(name, nil, &hints, &first)
    guard code == 0 else {
        let reason = unsafe gai_strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        switch code {
        case EAI_AGAIN where !NameServers.areReachable():
            return .failure(NameLookupFailure("no name server of this system answers", isOfThisSystem: true))
        case EAI_MEMORY, EAI_SYSTEM: return .failure(NameLookupFailure(reason, isOfThisSystem: true))
        default: return .failure(NameLookupFailure(reason))
        }
    }
    defer { unsafe freeaddrinfo(first) }
    var addresses: [[UInt8]] = []
    var next = unsafe first
    while let info = unsafe next {
        if let bytes = unsafe addressBytes(of: info.pointee), !addresses.contains(bytes) { addresses.append(bytes) }
        unsafe next = info.pointee.ai_next
    }
    return .success(addresses)
}

private func addressBytes(of info: addrinfo) -> [UInt8]? {
    guard let address = unsafe UnsafeRawPointer(info.ai_addr) else { return nil }
    switch unsafe info.ai_family {
    case AF_INET:
        var number = unsafe address.loadUnaligned(as: sockaddr_in.self).sin_addr
        return unsafe withUnsafeBytes(of: &number) { unsafe Array($0) }
    case AF_INET6:
        var number = unsafe address.loadUnaligned(as: sockaddr_in6.self).sin6_addr
        return unsafe withUnsafeBytes(of: &number) { unsafe Array($0) }
    default: return nil
    }
}
