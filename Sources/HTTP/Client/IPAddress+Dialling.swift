import CCurl
import Egress
import Glibc

extension IPAddress {
    /// Reads the address that curl is about to dial.
    init?(dialling address: UnsafeMutablePointer<curl_sockaddr>) {
        guard let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return nil }
        // The layouts are sockaddr_in: family, port, address; and sockaddr_in6: family, port, flow, address. The memory
        // is longer than the type that C declares here.
        let start: Int
        let count: Int
        switch unsafe address.pointee.family {
        case AF_INET: (start, count) = (4, 4)
        case AF_INET6: (start, count) = (8, 16)
        default: return nil
        }
        guard unsafe Int(address.pointee.addrlen) >= start + count else { return nil }
        let raw = unsafe UnsafeRawBufferPointer(start: UnsafeRawPointer(address) + offset + start, count: count)
        unsafe self.init(bytes: [UInt8](raw))
    }
}
